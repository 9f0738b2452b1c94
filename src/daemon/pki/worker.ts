/** Makes the PKI in a thread of its own, while the cluster opens: a home's first daemon is ready no later for it. */
import { workerData } from 'node:worker_threads';
import { realDisk } from '../../simulation/disk.ts';
import { makePki, type PkiSubject } from './make.ts';

const { folder, subject } = workerData as { readonly folder: string; readonly subject: PkiSubject };
await makePki(realDisk, folder, subject);
