import { z } from "zod";
import { duration, flag, names, onePerson, people, peopleOrEveryone, text, whole } from "./kinds.ts";
import { setting } from "./setting-schema.ts";

const policy = z.strictObject({
  name: setting(text, { expected: "a name", says: "For the audit and for refusals" }),
  actions: setting(names, { says: "Action ids; `*` at the end matches the rest", fallback: '["*"]' }),
  targets: setting(names, { says: "Targets, likewise: `redis/prod-*`", fallback: '["*"]' }),
  requesters: setting(peopleOrEveryone, { says: "Narrows who may ask", fallback: "everyone" }),
  approvers: setting(people, { says: "Who may approve; nobody approves their own request" }),
  approvals: setting(whole(1, 20), { says: "How many different people must approve", fallback: "1" }),
  breakGlass: setting(flag, { says: "An approver may go alone with a typed reason, announced and marked in the audit", fallback: "false" }),
  expiry: setting(duration, { says: "An unanswered request means no after this time", fallback: "15m" }),
});

export const access = z.strictObject({
  investigators: setting(peopleOrEveryone, { says: "May investigate and look", env: "OOMPH_INVESTIGATORS", fallback: "everyone" }),
  requesters: setting(peopleOrEveryone, { says: "May ask for actions", env: "OOMPH_REQUESTERS", fallback: "everyone" }),
  approvers: setting(people, {
    says: "Without `policies`: one of these, who is not the requester, approves within 15 minutes. An empty list: nobody can",
    env: "OOMPH_APPROVERS",
    fallback: "[]",
  }),
  admins: setting(people, { says: "May freeze, and release leases", env: "OOMPH_ADMINS", fallback: "[]" }),
  logins: z
    .record(z.string(), setting(onePerson, { says: "Who somebody is who asks on the command line, by login name on that machine" }))
    .prefault({}),
  policies: z.array(policy).optional(),
});
