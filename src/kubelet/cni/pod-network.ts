/** The pod network of one node: CNI's verbs, with addresses as the host-local plugin hands them out from the node's podCIDR. */

export interface PodNetwork {
  /** Whether addresses can be handed out. */
  readonly ready: boolean;
  /** ADD: an address for a sandbox. Throws an Error with the plugin's words. */
  add(sandboxId: string): string;
  /** DEL: gives the address back; unknown sandboxes are fine. */
  del(sandboxId: string): void;
  /** CHECK: whether the sandbox still has its address. */
  check(sandboxId: string): boolean;
}

const toNumber = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const toText = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

export class HostLocalNetwork implements PodNetwork {
  #cidr = '';
  #first = 0;
  #last = -1;
  /** The address handed out last: the next search begins behind it, so that addresses are not used again at once. */
  #recent = 0;
  readonly #bySandbox = new Map<string, number>();
  readonly #used = new Set<number>();

  get ready(): boolean {
    return this.#cidr !== '';
  }

  /** Takes the node's podCIDR ("10.244.1.0/24"); .1 is the gateway's. */
  configure(cidr: string | undefined): void {
    if (!cidr || cidr === this.#cidr) return;
    const [base = '', length = '24'] = cidr.split('/');
    this.#cidr = cidr;
    this.#first = toNumber(base) + 2;
    this.#last = toNumber(base) + 2 ** (32 - Number(length)) - 2;
    this.#recent = this.#first - 1;
  }

  add(sandboxId: string): string {
    const known = this.#bySandbox.get(sandboxId);
    if (known !== undefined) return toText(known);
    const size = this.#last - this.#first + 1;
    for (let tried = 0, address = this.#recent; tried < size; tried++) {
      address = address >= this.#last ? this.#first : address + 1;
      if (!this.#used.has(address)) {
        this.#recent = address;
        this.#take(sandboxId, address);
        return toText(address);
      }
    }
    throw new Error(`plugin type="ptp" failed (add): failed to allocate for range 0: no IP addresses available in range set: ${toText(this.#first - 1)}-${toText(this.#last)}`);
  }

  /** A pod that ran before this kubelet was started keeps its address. */
  adopt(sandboxId: string, ip: string): void {
    const address = toNumber(ip);
    this.#take(sandboxId, address);
    if (address >= this.#first && address <= this.#last) this.#recent = Math.max(this.#recent, address);
  }

  del(sandboxId: string): void {
    const address = this.#bySandbox.get(sandboxId);
    if (address === undefined) return;
    this.#bySandbox.delete(sandboxId);
    this.#used.delete(address);
  }

  check(sandboxId: string): boolean {
    return this.#bySandbox.has(sandboxId);
  }

  /** A reboot loses all of them. */
  reset(): void {
    this.#bySandbox.clear();
    this.#used.clear();
  }

  #take(sandboxId: string, address: number): void {
    this.#bySandbox.set(sandboxId, address);
    this.#used.add(address);
  }
}
