/** kubectl config get-clusters. */
import { namesCommand } from './entries.ts';

export const command = namesCommand('clusters');
