import { afterAll, afterEach, beforeAll, describe } from "vitest";
import type { Store } from "../../src/ports/store.ts";
import { auditContract } from "./store-audit.ts";
import { escalationContract } from "./store-escalations.ts";
import { incidentContract } from "./store-incidents.ts";
import { investigationContract } from "./store-investigations.ts";
import { leaseContract } from "./store-leases.ts";
import { outboxContract } from "./store-outbox.ts";
import { quietContract } from "./store-quiet.ts";
import { requestContract } from "./store-requests.ts";
import { runContract } from "./store-runs.ts";
import { stormContract } from "./store-storms.ts";
import { strayContract } from "./store-strays.ts";
import { transactionContract } from "./store-transactions.ts";
import { watchContract } from "./store-watch.ts";

/** A kind of database that can be had anew. */
export type StoreLab = {
  empty(): Promise<StoreDatabase>;
  /** With the tables in it, where that is quicker. */
  ready(): Promise<StoreDatabase>;
  /** The same for a test that comes in by the store alone: it may have served another. */
  shared(): Promise<StoreDatabase>;
  /** After each test: empties what is shared. */
  tidy(): Promise<void>;
  stop(): Promise<void>;
};

/** One database, and the ways into it. */
export type StoreDatabase = {
  /** Another replica of Oomph on this database. */
  open(): Promise<Store>;
  /** A statement past the store: as an intruder, or an administrator. */
  run(statement: string): Promise<readonly unknown[]>;
};

/** What each part of the contract asks for. Stores are closed after each test. */
export type Ask = {
  store(): Promise<Store>;
  /** Two replicas on one database. */
  replicas(): Promise<readonly [Store, Store]>;
  /** A store and its database's back door. */
  opened(): Promise<{ readonly store: Store; readonly database: StoreDatabase }>;
  /** A database without tables. */
  empty(): Promise<StoreDatabase>;
};

/** What every Store must do, whatever it stands on. */
export function storeContract(name: string, startLab: () => Promise<StoreLab>): void {
  describe(`store: ${name}`, () => {
    let lab: StoreLab | undefined;
    const open: Store[] = [];
    beforeAll(async () => {
      lab = await startLab();
    });
    afterEach(async () => {
      await Promise.all(open.splice(0).map((store) => store.close()));
      await lab?.tidy();
    });
    afterAll(() => lab?.stop());

    const started = (): StoreLab => {
      if (lab === undefined) throw new Error("Expected a lab, got none: it did not start.");
      return lab;
    };
    const enter = async (into: StoreDatabase): Promise<Store> => {
      const store = await into.open();
      open.push(store);
      return store;
    };
    const ask: Ask = {
      store: async () => enter(await started().shared()),
      async replicas() {
        const one = await started().shared();
        return Promise.all([enter(one), enter(one)]);
      },
      async opened() {
        const one = await started().ready();
        return { store: await enter(one), database: one };
      },
      empty: () => started().empty(),
    };
    incidentContract(ask);
    stormContract(ask);
    strayContract(ask);
    investigationContract(ask);
    requestContract(ask);
    runContract(ask);
    leaseContract(ask);
    outboxContract(ask);
    escalationContract(ask);
    watchContract(ask);
    quietContract(ask);
    auditContract(ask);
    transactionContract(ask);
  });
}
