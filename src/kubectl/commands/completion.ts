/** kubectl completion: a script that makes a shell ask for completions (kubectl pkg/cmd/completion/completion.go). */
import { goQuote } from '../../api/quote.ts';
import { defineCommand } from '../command.ts';
import { usageError } from '../errors.ts';

export const command = defineCommand({
  name: 'completion',
  usage: 'completion SHELL',
  short: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
  long: `Prints a script for bash, zsh, fish or powershell. Once the shell has read it, the tab key completes commands, flags, and names from the cluster.`,
  examples: `# Completion in this bash, and in those to come
source <(kubectl completion bash)
echo 'source <(kubectl completion bash)' >> ~/.bashrc

# Completion in this zsh, and in those to come
source <(kubectl completion zsh)
kubectl completion zsh > "\${fpath[1]}/_kubectl"

# Completion in this fish, and in those to come
kubectl completion fish | source
kubectl completion fish > ~/.config/fish/completions/kubectl.fish

# Completion in this powershell, and in those to come
kubectl completion powershell | Out-String | Invoke-Expression
kubectl completion powershell >> $PROFILE`,
  flags: {},
  async run(ctx, args) {
    const [shell] = args;
    if (shell === undefined) throw usageError(ctx, 'Shell not specified.');
    if (args.length > 1) throw usageError(ctx, 'Too many arguments. Expected only the shell type.');
    const { SCRIPTS } = await import('../completion/scripts.ts');
    if (!Object.hasOwn(SCRIPTS, shell)) throw usageError(ctx, `Unsupported shell type ${goQuote(shell)}.`);
    ctx.streams.stdout.write(SCRIPTS[shell as keyof typeof SCRIPTS](ctx.program));
  },
});
