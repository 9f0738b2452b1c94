/** kubectl config delete-cluster. */
import { deleteCommand } from './entries.ts';

export const command = deleteCommand('clusters');
