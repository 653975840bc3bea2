import { describe, expect, test } from "vitest";
import { endpointFromUrl, formatEndpoint } from "../../../src/adapters/docker/connection-url.ts";

describe("where a Docker host is", () => {
  test.each([
    ["unix:///var/run/docker.sock", { kind: "socket", path: "/var/run/docker.sock" }],
    ["/run/user/1000/podman/podman.sock", { kind: "socket", path: "/run/user/1000/podman/podman.sock" }],
    ["tcp://docker-1", { kind: "tcp", host: "docker-1", port: 2375, tls: false }],
    ["tcp://docker-1:2376", { kind: "tcp", host: "docker-1", port: 2376, tls: true }],
    ["https://docker-1", { kind: "tcp", host: "docker-1", port: 2376, tls: true }],
    ["https://docker-1:443/", { kind: "tcp", host: "docker-1", port: 443, tls: true }],
    ["http://docker-1:80", { kind: "tcp", host: "docker-1", port: 80, tls: false }],
    ["tcp://[::1]:2375", { kind: "tcp", host: "::1", port: 2375, tls: false }],
    ["ssh://ops@docker-1", { kind: "ssh", user: "ops", host: "docker-1", port: 22 }],
    [" ssh://ops@docker-1:2222 ", { kind: "ssh", user: "ops", host: "docker-1", port: 2222 }],
  ])("%s", (url, expected) => {
    expect(endpointFromUrl(url)).toEqual(expected);
  });

  test.each([
    ["", "something that is not a URL"],
    ["docker-1:2375", "begins with docker-1:"],
    ["unix://docker.sock", "does not begin with /"],
    ["ssh://docker-1", "without a user"],
    ["ssh://ops:hunter2@docker-1", "with a password in it"],
    ["tcp://ops@docker-1", "with a user in it"],
    ["tcp://docker-1/v1.41", "with a path"],
    ["tcp://docker-1?tls=1", 'with "?"'],
    ["npipe:////./pipe/docker_engine", "npipe:"],
    ["ssh://%zz@docker-1", "Expected"],
  ])("%j is refused", (url, says) => {
    const call = (): unknown => endpointFromUrl(url);
    expect(call).toThrow(says);
    expect(call).toThrow(/^Expected unix:/);
    expect(call).not.toThrow(/hunter2/);
  });

  test("is shown without what is secret", () => {
    expect(["unix:///s", "tcp://[::1]:1", "ssh://a@b"].map((url) => formatEndpoint(endpointFromUrl(url)))).toEqual([
      "unix:///s",
      "tcp://[::1]:1",
      "ssh://a@b:22",
    ]);
  });
});
