import { z } from "zod";

/** What people need to know about one setting. The configuration reference is made of these. */
export type SettingDoc = {
  /** A noun phrase: "a duration such as 15m". Follows the word "expected" in problems. */
  readonly expected: string;
  /** What it is for. */
  readonly says: string;
  /** The environment variable that sets it; it wins over the file. */
  readonly env?: string;
  /** Never shown; may be given as a file instead (`...File` in oomph.yaml, `..._FILE` in the environment). */
  readonly secret?: boolean;
  /** A path, or a list of them: in oomph.yaml from the folder of that file, in the environment from the working directory. */
  readonly path?: true;
  /** As one would write it. */
  readonly fallback?: string;
};

export type SettingKind<Value> = {
  readonly expected: string;
  /** The value as meant; undefined: it is not what was expected. Environment variables come as text. */
  read(value: unknown): Value | undefined;
  /** Which part of a value was expected to be different, where that can be told; follows "expected" instead. */
  wrongIn?(value: unknown): string | undefined;
};

type Options = Omit<SettingDoc, "expected"> & { readonly expected?: string };

const docs = new WeakMap<z.ZodType, SettingDoc>();

/** What was said about a setting; undefined for a section. */
export function docOf(schema: z.ZodType): SettingDoc | undefined {
  return docs.get(schema);
}

/** A setting that must be given, or has a fallback. */
export function setting<Value>(kind: SettingKind<Value>, options: Options): z.ZodType<Value> {
  return documented(kind, options, (value, refuse) => {
    const given = isAbsent(value) ? options.fallback : value;
    return given === undefined ? refuse() : (kind.read(given) ?? refuse());
  });
}

/** A setting that may be left out and has no fallback. */
export function optional<Value>(kind: SettingKind<Value>, options: Omit<Options, "fallback">): z.ZodType<Value | undefined> {
  return documented<Value | undefined>(kind, options, (value, refuse) => (isAbsent(value) ? undefined : (kind.read(value) ?? refuse())));
}

/** An empty variable is one that was not set: compose files and charts leave such behind. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function documented<Value>(
  kind: SettingKind<unknown>,
  options: Options,
  read: (value: unknown, refuse: () => never) => Value,
): z.ZodType<Value> {
  const expected = options.expected ?? kind.expected;
  const schema = z
    .unknown()
    .transform((value, context): Value => {
      const refuse = (): never => {
        context.addIssue({ code: "custom", message: kind.wrongIn?.(value) ?? expected });
        return z.NEVER;
      };
      return read(value, refuse);
    })
    .prefault(""); // a key that is not there reads as absent
  docs.set(schema, { ...options, expected });
  return schema;
}
