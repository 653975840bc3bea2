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
  /**
   * Throws OomphError `unreachable` when a group cannot be asked and no fresh answer is kept: that means no. `anew`: a
   * kept answer does not do, because somebody may have been taken out of a group since.
   */
  person(userId: string, asked?: "anew"): Promise<Person>;
};

type Known = { readonly askedAtMs: number; readonly members: Promise<readonly string[]>; isAnswered: boolean };

/** Looks up in which of the groups that the rules name a person is. Other groups are never asked for. */
export function createPeople(settings: PeopleSettings): People {
  const groupIds = groupsNamedIn(settings.rules);
  const known = new Map<string, Known>();

  function members(groupId: string, asked: "anew" | undefined): Promise<readonly string[]> {
    const kept = known.get(groupId);
    if (kept !== undefined && isGoodEnough(kept, asked)) return kept.members;
    const asking: Known = { askedAtMs: settings.clock.nowMs(), members: settings.groupMembers(groupId), isAnswered: false };
    known.set(groupId, asking);
    asking.members.then(
      () => (asking.isAnswered = true),
      () => known.get(groupId) === asking && known.delete(groupId), // a failure is not kept
    );
    return asking.members;
  }

  /** Many who click at once share one question. */
  function isGoodEnough({ askedAtMs, isAnswered }: Known, asked: "anew" | undefined): boolean {
    return asked === "anew" ? !isAnswered : settings.clock.nowMs() - askedAtMs < settings.ttlMs;
  }

  return {
    async person(userId, asked) {
      const memberships = await Promise.all(
        groupIds.map(async (groupId) => ((await ask(() => members(groupId, asked), groupId)).includes(userId) ? [groupId] : [])),
      );
      return { userId, groupIds: memberships.flat() };
    },
  };
}

async function ask(members: () => Promise<readonly string[]>, groupId: string): Promise<readonly string[]> {
  try {
    return await members();
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
