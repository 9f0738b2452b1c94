/** apply --server-side: the server merges, and knows who manages which field. */
import type { KubeObject } from '../../../api/object.ts';
import { isConflict, StatusError } from '../../../api/status.ts';
import type { ResourceClient, WriteOptions } from '../../../client/client.ts';
import { take } from '../../builder/retrieve.ts';
import { objectOf, type Info } from '../../builder/info.ts';
import { CommandError } from '../../errors.ts';
import { markSeen, warnIfDeleting, type ApplyRun } from '../apply.ts';
import { writeOptions } from './client-side.ts';
import { keepAnnotation, migrate } from './migrate.ts';

const HTTP_UNSUPPORTED_MEDIA_TYPE = 415;

export async function applyOnServer(run: ApplyRun, info: Info): Promise<void> {
  const { ctx, values } = run;
  const api = (await ctx.client()).of<KubeObject>(info.resource);
  const config = objectOf(info);
  const options = writeOptions(run);
  const apply = () => api.patch(info.namespace || undefined, info.name, config, 'apply', { ...options, force: values['force-conflicts'], ...(values.subresource === '' ? {} : { subresource: values.subresource }) });
  try {
    take(info, await apply());
  } catch (error) {
    if (error instanceof StatusError && error.code === HTTP_UNSUPPORTED_MEDIA_TYPE) throw new CommandError(`Server-side apply not available on the server: (${error.message})`);
    throw isConflict(error) ? conflictError(error) : error;
  }
  await migrateFields(run, api, info, options, apply);
  const object = objectOf(info) as KubeObject;
  warnIfDeleting(run, object);
  markSeen(run, info);
  if (!run.printsObjects) await run.line(object, 'serverside-applied');
}

/** What client-side apply has left is taken over; what goes wrong with that is tried again next time. */
async function migrateFields({ ctx }: ApplyRun, api: ResourceClient<KubeObject>, info: Info, options: WriteOptions, apply: () => Promise<KubeObject>): Promise<void> {
  let failed = 'failed to migrate kubectl.kubernetes.io/last-applied-configuration for Server-Side Apply';
  try {
    await keepAnnotation(api, info, options);
    failed = 'server rejected managed fields migration to Server-Side Apply';
    if (!(await migrate(api, info, options))) return;
    failed = 'failed to re-apply configuration after performing Server-Side Apply migration';
    take(info, await apply());
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    ctx.streams.stderr.write(`Warning: ${failed}. This is non-fatal and will be retried next time you apply. Error: ${error.message}\n`);
  }
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
