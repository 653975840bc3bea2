import { typedBytes } from "../../domain/bytes.ts";
import { messageOf } from "../../domain/errors.ts";
import type { Afterwards, Plan } from "../../domain/plan.ts";
import type { ComposeChange } from "../../ports/compose-files.ts";
import { hostOf } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";

const NOTHING: Afterwards = { says: [], files: [], offers: [] };

/** The same change where the container is made from, so that it lasts: files for the thread, and the pull request as an offer. */
export async function lastingFix(deps: DockerActionDeps, plan: Plan, change: ComposeChange): Promise<Afterwards> {
  const { host, target } = hostOf(deps, plan.target);
  try {
    const { labels } = await host.inspect(target.name);
    const proposal = await deps.compose.propose({ connection: target.connection, labels }, change);
    switch (proposal.kind) {
      case "none":
        return {
          ...NOTHING,
          says: ["The change lasts until the container is made anew: put it into the command or file that makes it, too."],
        };
      case "by-hand":
        return { ...NOTHING, says: [`For the change to last: ${proposal.because}`] };
      case "same":
        return { ...NOTHING, says: [`${proposal.file} says so already: the change lasts.`] };
      case "edit": {
        const { file, diff, content, holdsSecrets, repository } = proposal;
        const name = file.slice(file.lastIndexOf("/") + 1);
        const whole = { name, title: `${file}, as it should be`, text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(content) };
        const canPropose = repository !== undefined && deps.codeHostOf(repository.name) !== undefined;
        const { set, unset, limitBytes } = change;
        const params = { set: { ...set }, unset: [...unset], ...(limitBytes === undefined ? {} : { limit: typedBytes(limitBytes) }) };
        const why = `${file} does not say it yet, and undoes it when the container is made anew: asks for the change in ${repository?.name ?? ""}.`;
        return {
          says: [
            `For the change to last, ${file} has to say it too: the diff is below${holdsSecrets ? ", without the lines around it, as the file holds secrets" : ""}.`,
          ],
          files: [{ name: `${name}.diff`, title: `Change of ${file}`, text: diff }, ...(holdsSecrets ? [] : [whole])],
          offers: canPropose ? [{ actionId: "compose.propose-change", params, why }] : [],
        };
      }
    }
  } catch (error) {
    return { ...NOTHING, says: [`Where the container is made from could not be looked at: ${messageOf(error)}`] };
  }
}
