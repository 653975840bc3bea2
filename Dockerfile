# docker build -t oomph .
# BASE_IMAGE is any image with Node 24 (or 22.19, or 20.20), npm and a shell, for example one of your own registry.
ARG BASE_IMAGE=node:24-bookworm-slim

# What the image holds of node_modules. No package needs its install script: native code comes prebuilt.
FROM ${BASE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM ${BASE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json rolldown.config.mjs ./
COPY src src
RUN node node_modules/rolldown/bin/cli.mjs -c

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="Oomph" \
      org.opencontainers.image.description="Memory incidents, solved in Slack" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    OOMPH_HTTP_HOST=0.0.0.0 \
    OOMPH_HTTP_PORT=8080
WORKDIR /app
# Native code, fonts, and the licences of what dist/ holds.
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
COPY bin bin
# The one place that is written to: the SQLite file lies in .oomph/ below the working directory.
RUN mkdir -p /var/lib/oomph && chown 1000:1000 /var/lib/oomph && ln -s /app/bin/oomph.mjs /usr/local/bin/oomph
VOLUME /var/lib/oomph
WORKDIR /var/lib/oomph
USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.OOMPH_HTTP_PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# A tool for memory incidents must not be one: how its memory is kept small is said there.
CMD ["sh", "/app/bin/oomph-service"]
