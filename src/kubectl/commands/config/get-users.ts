/** kubectl config get-users. */
import { namesCommand } from './entries.ts';

export const command = namesCommand('users');
