/** apply --server-side: the server merges, and knows who manages which field. */
import type { KubeObject } from '../../../api/object.ts';
import { isConflict, StatusError } from '../../../api/status.ts';
import { take } from '../../builder/builder.ts';
import { objectOf, type Info } from '../../builder/info.ts';
import { CommandError } from '../../errors.ts';
import { markSeen, warnIfDeleting, type ApplyRun } from '../apply.ts';
import { writeOptions } from './client-side.ts';

const HTTP_UNSUPPORTED_MEDIA_TYPE = 415;

export async function applyOnServer(run: ApplyRun, info: Info): Promise<void> {
  const { ctx, values } = run;
  const client = await ctx.client();
  try {
    const answer = await client.of<KubeObject>(info.resource).patch(info.namespace || undefined, info.name, objectOf(info), 'apply', {
      ...writeOptions(run), force: values['force-conflicts'], ...(values.subresource === '' ? {} : { subresource: values.subresource }),
    });
    take(info, answer);
  } catch (error) {
    if (error instanceof StatusError && error.code === HTTP_UNSUPPORTED_MEDIA_TYPE) throw new CommandError(`Server-side apply not available on the server: (${error.message})`);
    throw isConflict(error) ? conflictError(error) : error;
  }
  const object = objectOf(info) as KubeObject;
  warnIfDeleting(run, object);
  markSeen(run, info);
  if (!run.printsObjects) await run.line(object, 'serverside-applied');
}

function conflictError({ message }: StatusError): CommandError {
  return new CommandError(`${message}
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`);
}
