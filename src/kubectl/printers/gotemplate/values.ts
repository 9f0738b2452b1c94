/** Numbers that a template itself wrote: Go keeps them apart from the object's (int and float64 constants). */

export class Int {
  constructor(readonly value: number) {}
}

export class Float {
  constructor(readonly value: number) {}
}
