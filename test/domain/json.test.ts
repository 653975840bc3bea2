import { describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../../src/domain/json.ts";

describe("canonicalJson", () => {
  it("gives equal values one text, whatever the order of their keys", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: true })).toBe(canonicalJson({ a: true, b: [1, { c: "x", d: null }] }));
    expect(canonicalJson({ b: 1, a: "é\n" })).toBe('{"a":"é\\n","b":1}');
  });

  it("keeps the order of lists, which is a part of their value", () => {
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  });

  it("leaves out what is undefined, as JSON does", () => {
    expect(canonicalJson({ a: undefined, b: 0 })).toBe('{"b":0}');
  });

  it("sorts keys by code unit, not by locale", () => {
    expect(canonicalJson({ ä: 1, z: 1, Z: 1 })).toBe('{"Z":1,"z":1,"ä":1}');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses %s, which JSON would turn into null", (number) => {
    expect(() => canonicalJson({ number })).toThrow(/expected a finite number/);
  });

  it("reads back as the same value", () => {
    const value: Json = { __proto__x: [{ a: -0.5, b: "</script>" }], 1: false };
    expect(JSON.parse(canonicalJson(value))).toEqual(value);
  });
});
