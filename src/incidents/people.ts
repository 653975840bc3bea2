import type { AccessRules, Person } from "../domain/access.ts";
import { messageOf, OomphError } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";

export type PeopleSettings = {
  readonly rules: AccessRules;
  /** User ids in a group, as the chat says now. */
  groupMembers(groupId: string): Promise<readonly string[]>;
  readonly clock: Clock;
  /** How long an answer about a group holds, in milliseconds. */
  readonly ttlMs: number;
};

export type People = {
  /** Throws OomphError `unreachable` when a group cannot be asked and no fresh answer is kept: that means no. */
  person(userId: string): Promise<Person>;
};

type Known = { readonly askedAtMs: number; readonly members: Promise<readonly string[]> };

/** Looks up in which of the groups that the rules name a person is. Other groups are never asked for. */
export function createPeople(settings: PeopleSettings): People {
  const groupIds = groupsNamedIn(settings.rules);
  const known = new Map<string, Known>();

  function members(groupId: string): Promise<readonly string[]> {
    const nowMs = settings.clock.nowMs();
    const kept = known.get(groupId);
    if (kept !== undefined && nowMs - kept.askedAtMs < settings.ttlMs) return kept.members;
    const asked = settings.groupMembers(groupId);
    known.set(groupId, { askedAtMs: nowMs, members: asked });
    // A failure is not kept: the next question is asked anew.
    asked.catch(() => known.delete(groupId));
    return asked;
  }

  return {
    async person(userId) {
      const memberships = await Promise.all(
        groupIds.map(async (groupId) => ((await ask(members, groupId)).includes(userId) ? [groupId] : [])),
      );
      return { userId, groupIds: memberships.flat() };
    },
  };
}

async function ask(members: (groupId: string) => Promise<readonly string[]>, groupId: string): Promise<readonly string[]> {
  try {
    return await members(groupId);
  } catch (cause) {
    const because = `expected the members of user group ${groupId}, got none (${messageOf(cause)}): nobody counts as a member until Slack answers`;
    throw new OomphError("unreachable", because, { cause, retryable: true });
  }
}

function groupsNamedIn(rules: AccessRules): readonly string[] {
  const lists = [
    rules.investigators,
    rules.requesters,
    rules.admins,
    ...rules.policies.flatMap((rule) => [rule.requesters, rule.approvers]),
  ];
  const ids = lists.flatMap((list) => (list === "everyone" ? [] : list));
  return [...new Set(ids.filter((id) => id.startsWith("S")))];
}
