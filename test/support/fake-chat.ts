import { fitMessage } from "../../src/adapters/slack/fit-message.ts";
import type { Mark } from "../../src/domain/delivery.ts";
import type { Message, Modal } from "../../src/domain/message.ts";
import { ChatRefusal, type Chat, type Place, type Posted } from "../../src/ports/chat.ts";

export type FakePost = {
  readonly place: Place;
  readonly ts: string;
  readonly key: string;
  readonly message: Message;
  readonly edits: number;
};

/** A Chat in memory. The contract suite of test/contract/chat.ts runs on it and on the real adapter. */
export type FakeChat = Chat & {
  /** In the order of posting, with their newest content. */
  posts(): readonly FakePost[];
  /** On whichever message, by channel and timestamp. */
  marks(posted: Posted): readonly Mark[];
  readonly responses: { readonly responseUrl: string; readonly message: Message }[];
  readonly whispers: { readonly place: Place; readonly userId: string; readonly message: Message }[];
  readonly modals: { readonly triggerId: string; readonly modal: Modal }[];
  readonly files: {
    readonly id: string;
    readonly place: Place;
    readonly name: string;
    readonly title: string;
    readonly content: Uint8Array;
  }[];
  /** The next call of this method throws, once. `arrives`: it is done all the same, and only its answer is lost. */
  refuseNext(method: Exclude<keyof Chat, "self" | "fit">, refusal: ChatRefusal, options?: { readonly arrives?: boolean }): void;
};

export type FakeChatOptions = {
  /** Ids that exist; absent: every channel does. */
  readonly channels?: readonly string[];
  /** User group id → user ids. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  readonly nowMs?: () => number;
};

export function createFakeChat({ channels, groups = {}, nowMs = Date.now }: FakeChatOptions = {}): FakeChat {
  const posts: FakePost[] = [];
  const marks = new Map<string, readonly Mark[]>();
  let uploaded = 0;
  const refusals: { readonly method: string; readonly refusal: ChatRefusal; readonly arrives: boolean }[] = [];
  const seen = {
    responses: [] as FakeChat["responses"],
    whispers: [] as FakeChat["whispers"],
    modals: [] as FakeChat["modals"],
    files: [] as FakeChat["files"],
  };

  async function run<Result>(method: string, channel: string | undefined, work: () => Result): Promise<Result> {
    const index = refusals.findIndex((refusal) => refusal.method === method);
    const [planned] = index < 0 ? [] : refusals.splice(index, 1);
    if (planned !== undefined && !planned.arrives) throw planned.refusal;
    if (channel !== undefined && channels !== undefined && !channels.includes(channel)) {
      throw new ChatRefusal("no-such-place", `there is no channel ${channel}`);
    }
    const result = work();
    if (planned !== undefined) throw planned.refusal;
    return result;
  }
  const indexOf = ({ channel, ts }: Posted): number => {
    const index = posts.findIndex((post) => post.place.channel === channel && post.ts === ts);
    if (index < 0) throw new ChatRefusal("message-gone", `there is no message ${ts} in ${channel}`);
    return index;
  };

  return {
    ...seen,
    posts: () => posts,
    marks: ({ channel, ts }) => marks.get(`${channel}/${ts}`) ?? [],
    mark: (posted, mark, { replaces }) =>
      run("mark", posted.channel, () => {
        indexOf(posted);
        const key = `${posted.channel}/${posted.ts}`;
        const others = (marks.get(key) ?? []).filter((one) => one !== mark && !replaces);
        marks.set(key, [...others, mark]);
      }),
    refuseNext: (method, refusal, options = {}) => void refusals.push({ method, refusal, arrives: options.arrives === true }),
    post: (place, message, key) =>
      run("post", place.channel, () => {
        const ts = `${Math.floor(nowMs() / 1000)}.${String(posts.length + 1).padStart(6, "0")}`;
        posts.push({ place, ts, key, message, edits: 0 });
        return { channel: place.channel, ts };
      }),
    update: (posted, message) =>
      run("update", posted.channel, () => {
        const index = indexOf(posted);
        const [before] = posts.slice(index, index + 1);
        if (before !== undefined) posts[index] = { ...before, message, edits: before.edits + 1 };
      }),
    find: (place, key, sinceMs) =>
      run("find", place.channel, () => {
        const found = posts.find(
          (post) => post.key === key && isSame(post.place, place) && Number(post.ts) * 1000 >= Math.floor(sinceMs / 1000) * 1000,
        );
        return found === undefined ? undefined : { channel: found.place.channel, ts: found.ts };
      }),
    respond: (responseUrl, message) => run("respond", undefined, () => void seen.responses.push({ responseUrl, message })),
    whisper: (place, userId, message) => run("whisper", place.channel, () => void seen.whispers.push({ place, userId, message })),
    openModal: (triggerId, modal) => run("openModal", undefined, () => void seen.modals.push({ triggerId, modal })),
    fit: fitMessage,
    findFile: (place, { name, title }) =>
      run(
        "findFile",
        place.channel,
        () => seen.files.find((file) => file.name === name && file.title === title && isSame(file.place, place))?.id,
      ),
    upload: (place, file) =>
      run("upload", place.channel, () => {
        uploaded += 1;
        const id = `F${uploaded}`;
        seen.files.push({ id, place, ...file });
        return id;
      }),
    removeFile: (fileId) =>
      run("removeFile", undefined, () => {
        const index = seen.files.findIndex(({ id }) => id === fileId);
        if (index < 0) throw new ChatRefusal("message-gone", `there is no file ${fileId}`);
        seen.files.splice(index, 1);
      }),
    groupMembers: (groupId) =>
      run("groupMembers", undefined, () => {
        const members = groups[groupId];
        if (members === undefined) throw new ChatRefusal("no-such-place", `there is no user group ${groupId}`);
        return members;
      }),
    permalink: (posted) =>
      run(
        "permalink",
        posted.channel,
        () => `https://lab.slack.com/archives/${posted.channel}/p${posts[indexOf(posted)]?.ts.replace(".", "")}`,
      ),
    self: async () => ({ userId: "U0OOMPH", botId: "B0OOMPH", teamId: "T000000001" }),
  };
}

function isSame(left: Place, right: Place): boolean {
  return left.channel === right.channel && left.threadTs === right.threadTs;
}
