/** kubectl config delete-user. */
import { deleteCommand } from './entries.ts';

export const command = deleteCommand('users');
