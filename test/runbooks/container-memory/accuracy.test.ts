import { describe, expect, test } from "vitest";
import { canonicalJson, type Json } from "../../../src/domain/json.ts";
import { diagnoseContainerMemory, diagnosePicture } from "../../../src/runbooks/container-memory/diagnose-container-memory.ts";
import { assemble, UNKNOWN } from "../../../src/runbooks/container-memory/picture.ts";
import { LABELLED } from "./labelled.ts";
import { evidenceOf } from "./scenes.ts";

test.each(LABELLED)("$verdict: $name", ({ verdict, scene }) => {
  const diagnosis = diagnoseContainerMemory(evidenceOf(scene), []);
  expect(diagnosis.finding).toMatchObject({ verdict });
  expect(JSON.stringify(diagnosis)).not.toMatch(/NaN|undefined|Infinity/);
});

describe("whatever of the evidence is missing, it never claims more for having seen less", () => {
  test.each(LABELLED)("$name", ({ scene }) => {
    const parts = Object.entries(assemble(evidenceOf(scene), [])).filter(([part, seen]) => part !== "gaps" && seen !== undefined);
    const whole = diagnosePicture({ ...UNKNOWN, ...Object.fromEntries(parts) }).finding;
    const bolder: string[] = [];
    for (let mask = 0; mask < 2 ** parts.length; mask += 1) {
      const left = parts.filter((_each, index) => (mask & (1 << index)) !== 0);
      const found = diagnosePicture({ ...UNKNOWN, ...Object.fromEntries(left) });
      const { verdict, confidence } = found.finding;
      const seen = left.map(([part]) => part).join(" ");
      if (confidence > whole.confidence) bolder.push(`${verdict} ${confidence} from ${seen}`);
      if (/NaN|undefined,|Infinity|null/.test(JSON.stringify(found))) bolder.push(`unreadable from ${seen}`);
    }
    expect(bolder).toEqual([]);
  });
});

test("each reason rests on evidence that there is, and every diagnosis can be stored", () => {
  for (const { name, scene } of LABELLED) {
    const evidence = evidenceOf(scene);
    const diagnosis = diagnoseContainerMemory(evidence, []);
    const ids = new Set([...evidence.map(({ id }) => id), "docker.stats", "docker.kernel", "docker.events", "docker.history"]);
    for (const reason of [diagnosis.finding, ...diagnosis.hypotheses].flatMap((each) => [...each.for, ...each.against]))
      expect(ids, name).toContain(reason.evidenceId);
    const { suspects, ...rest } = diagnosis;
    const stored: Json = JSON.parse(JSON.stringify({ ...rest, suspects }));
    expect(() => canonicalJson(stored)).not.toThrow();
  }
});
