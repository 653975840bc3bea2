import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Resvg } from "@resvg/resvg-js";
import { messageOf, OomphError } from "../../domain/errors.ts";
import { memoryChartSvg } from "./memory-chart-svg.ts";
import { ToDraw } from "./schema.ts";

// The drawing process: a chart as JSON on standard input, a PNG on standard output, and an end.

const WIDTH = 1200;

try {
  process.stdout.write(await picture(await received()));
} catch (error) {
  process.stderr.write(messageOf(error));
  process.exitCode = 1;
}

async function received(): Promise<ToDraw> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  const read = ToDraw.safeParse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
  if (!read.success) throw new OomphError("bad-input", `expected a chart, got something else: ${read.error.message}`);
  return read.data;
}

async function picture(toDraw: ToDraw): Promise<Uint8Array> {
  // Without fonts of our own nothing is written: the image that Oomph runs in may have none.
  const fonts = join(dirname(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json")), "ttf");
  const drawing = new Resvg("svg" in toDraw ? toDraw.svg : await memoryChartSvg(toDraw), {
    fitTo: { mode: "width", value: WIDTH },
    font: {
      loadSystemFonts: false,
      fontFiles: ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) => join(fonts, file)),
      defaultFontFamily: "DejaVu Sans",
    },
  });
  return drawing.render().asPng();
}
