import { describe, expect, it } from "vitest";
import type { AlertSubject } from "../../src/domain/alert.ts";
import { firingOf, identityOf, isSameAlert } from "../../src/domain/alert-identity.ts";

const told = (labels: Readonly<Record<string, string>>, subject: Partial<AlertSubject> = {}) => ({
  source: "alertmanager" as const,
  name: "HighMemoryUsage",
  labels,
  subject: { about: "workload", names: [], hosts: [], ...subject } satisfies AlertSubject,
});

describe("an alert among those of one target", () => {
  it("is known by its name, pod, container, instance and severity, in any case", () => {
    expect(identityOf(told({ severity: "Critical", team: "shop" }, { pod: "web-1" }))).toEqual({
      name: "highmemoryusage",
      pod: "web-1",
      severity: "critical",
    });
  });

  it("is the same where only one of two says more, and another where both say otherwise", () => {
    const one = identityOf(told({ severity: "critical" }, { pod: "web-1" }));
    expect(isSameAlert(one, identityOf(told({})))).toBe(true);
    expect(isSameAlert(one, identityOf(told({ severity: "warning" }, { pod: "web-1" })))).toBe(false);
    expect(isSameAlert(one, identityOf(told({ severity: "critical" }, { pod: "web-2" })))).toBe(false);
    expect(isSameAlert(one, identityOf({ ...told({}), name: "OtherAlert" }))).toBe(false);
  });

  it("of a sender that never takes anything back is waited for by nobody", () => {
    expect(firingOf({ ...told({}), source: "wazuh" })).toBeUndefined();
    expect(firingOf(told({}))).toEqual({ name: "highmemoryusage" });
  });
});
