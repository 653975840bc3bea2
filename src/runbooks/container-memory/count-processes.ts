import { maskSecrets } from "../../domain/mask-secrets.ts";
import { classifyProcesses, type Classified, type Process } from "./classify-processes.ts";
import type { Census, LargeProcess, ProgramGroup } from "../parts/schema.ts";

const MAX_GROUPS = 30;
const LARGEST = 10;
const MAX_ARGS = 160;

/** Boils processes down to what is stored: counts and sums by program and role, and the largest by name. Pure. */
export function countProcesses(processes: readonly Process[]): Pick<Census, "processes" | "programs" | "largest"> {
  const masked = processes.map((process) => ({ ...process, args: maskSecrets(process.args.slice(0, MAX_ARGS * 4)) }));
  const groups = new Map<string, Classified[]>();
  for (const process of classifyProcesses(masked)) {
    const key = `${process.program}\n${process.role}`;
    groups.set(key, [...(groups.get(key) ?? []), process]);
  }
  const programs = [...groups.values()]
    .flatMap(asGroup)
    .toSorted((left, right) => sizeOf(right) - sizeOf(left) || right.count - left.count);
  return {
    processes: processes.length,
    programs: programs.slice(0, MAX_GROUPS),
    largest: masked
      .map(asLargeProcess)
      .toSorted((left, right) => sizeOf(right) - sizeOf(left))
      .slice(0, LARGEST),
  };
}

/** Proportional where known, else resident. */
export function sizeOf({ pssBytes, rssBytes }: Pick<ProgramGroup, "pssBytes" | "rssBytes">): number {
  return pssBytes ?? rssBytes ?? 0;
}

function asGroup(members: readonly Classified[]): readonly ProgramGroup[] {
  const [first] = members;
  if (first === undefined) return [];
  const rssBytes = sumWhereAllTell(members.map((each) => each.rssBytes));
  const pssBytes = sumWhereAllTell(members.map((each) => each.pssBytes));
  return [
    {
      program: first.program,
      ...(first.server === undefined ? {} : { server: first.server }),
      role: first.role,
      count: members.length,
      ...(rssBytes === undefined ? {} : { rssBytes }),
      ...(pssBytes === undefined ? {} : { pssBytes }),
      args: shortArgs(first.args),
    },
  ];
}

function asLargeProcess({ pid, args, rssBytes, pssBytes }: Process): LargeProcess {
  return {
    pid,
    args: shortArgs(args),
    ...(rssBytes === undefined ? {} : { rssBytes }),
    ...(pssBytes === undefined ? {} : { pssBytes }),
  };
}

function sumWhereAllTell(sizes: readonly (number | undefined)[]): number | undefined {
  const known = sizes.flatMap((size) => size ?? []);
  return known.length === sizes.length ? known.reduce((sum, size) => sum + size, 0) : undefined;
}

function shortArgs(args: string): string {
  return args.length <= MAX_ARGS ? args : `${args.slice(0, MAX_ARGS - 1)}…`;
}
