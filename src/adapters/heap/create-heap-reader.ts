import { OomphError } from "../../domain/errors.ts";
import type { Charts } from "../../ports/chart.ts";
import type { HeapReader } from "../../ports/heap.ts";
import type { Programs } from "../../ports/programs.ts";
import { Answer, type Asked } from "./schema.ts";

export type HeapReaderSettings = {
  readonly programs: Programs;
  readonly charts: Pick<Charts, "drawSvg">;
  /** The compiled module `heap-process.js`: the whole program of the reading process. */
  readonly path: string;
  readonly timeoutMs: number;
};

const MOST_ANSWER_BYTES = 16 * 2 ** 20;
const MOST_HEAP_MIB = 768;

/** Heap profiles, read one after the other by processes that end with what they found. */
export function createHeapReader({ programs, charts, path, timeoutMs }: HeapReaderSettings): HeapReader {
  const program = { path, makes: "a reading of a heap profile", timeoutMs, mostBytes: MOST_ANSWER_BYTES, mostHeapMiB: MOST_HEAP_MIB };
  return {
    async read({ profile, earlier, title }) {
      const asked: Asked = {
        title,
        profile: Buffer.from(profile).toString("base64"),
        ...(earlier === undefined ? {} : { earlier: Buffer.from(earlier).toString("base64") }),
      };
      const said = await programs.run(program, JSON.stringify(asked));
      const answer = Answer.safeParse(JSON.parse(Buffer.from(said).toString("utf8")));
      if (!answer.success)
        throw new OomphError("internal", `expected a reading of a heap profile, got something else: ${answer.error.message}`);
      return { ...answer.data, flamePng: await charts.drawSvg(answer.data.flameSvg) };
    },
  };
}
