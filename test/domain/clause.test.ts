import { expect, test } from "vitest";

import { asClause } from "../../src/domain/clause.ts";

test.each([
  ["Ask again.", "Ask again"],
  ["Ask again. \n", "Ask again"],
  ["it holds 1.5 MiB", "it holds 1.5 MiB"],
  ["First. Then.", "First. Then"],
  ["is it one?", "is it one?"],
])("%j as a part of a sentence is %j", (sentence, clause) => expect(asClause(sentence)).toBe(clause));
