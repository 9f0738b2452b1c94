/** kubectl config delete-context. */
import { deleteCommand } from './entries.ts';

export const command = deleteCommand('contexts');
