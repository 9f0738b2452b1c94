/** How one list becomes another: short, not shortest. Follows go-cmp v0.7 cmp/internal/diff/diff.go, which begins at either end at random; here always at the front. */

/** '=' in both, '~' alike enough to be one element that changed, '-' only in the first, '+' only in the second. */
export type Edit = '=' | '~' | '-' | '+';
export type Likeness = 'equal' | 'similar' | 'different';

interface Path {
  readonly direction: 1 | -1;
  x: number;
  y: number;
  readonly edits: Edit[];
}

function append(path: Path, edit: Edit): void {
  path.edits.push(edit);
  if (edit !== '+') path.x += path.direction;
  if (edit !== '-') path.y += path.direction;
}

/** Leads a path to a point by whatever edits it takes. */
function connect(path: Path, x: number, y: number, compare: (x: number, y: number) => Likeness): void {
  const forward = path.direction > 0;
  while (forward ? x > path.x && y > path.y : path.x > x && path.y > y) {
    const likeness = forward ? compare(path.x, path.y) : compare(path.x - 1, path.y - 1);
    if (likeness === 'equal') append(path, '=');
    else if (likeness === 'similar') append(path, '~');
    else if (forward ? x - path.x >= y - path.y : path.y - y < path.x - x) append(path, '-');
    else append(path, '+');
  }
  while (path.x !== x) append(path, '-');
  while (path.y !== y) append(path, '+');
}

const zigzag = (i: number): number => (i % 2 === 1 ? -((i + 1) / 2) : i / 2);

/** The edits that make a list of `nx` elements into one of `ny`. */
export function editsBetween(nx: number, ny: number, compare: (x: number, y: number) => Likeness): Edit[] {
  const front: Path = { direction: 1, x: 0, y: 0, edits: [] };
  const back: Path = { direction: -1, x: nx, y: ny, edits: [] };
  const frontier = { x: 0, y: 0 };
  const rear = { x: nx, y: ny };
  let budget = 4 * (nx + ny);
  const isOver = (): boolean => frontier.x >= rear.x || frontier.y >= rear.y || budget === 0;

  const search = (forward: boolean): void => {
    const [path, other, from] = forward ? [front, back, frontier] : [back, front, rear];
    for (let stopped = [false, false], i = 0; !(stopped[0] && stopped[1]) && budget > 0; i++) {
      const z = zigzag(i) * path.direction;
      const [x, y] = [from.x + z, from.y - z];
      if (forward ? x >= other.x || y < path.y : other.x >= x || path.y < y) stopped[0] = true;
      else if (forward ? y >= other.y || x < path.x : other.y >= y || path.x < x) stopped[1] = true;
      else if (compare(forward ? x : x - 1, forward ? y : y - 1) === 'equal') {
        connect(path, x, y, compare);
        do append(path, '=');
        while (front.x < back.x && front.y < back.y && compare(forward ? path.x : path.x - 1, forward ? path.y : path.y - 1) === 'equal');
        from.x = path.x;
        from.y = path.y;
        stopped = [true, true];
      } else budget--;
    }
    if (forward ? back.x - frontier.x >= back.y - frontier.y : rear.x - front.x >= rear.y - front.y) from.x += path.direction;
    else from.y += path.direction;
  };

  for (let forward = true; !isOver(); forward = !forward) search(forward);
  connect(front, back.x, back.y, compare);
  return [...front.edits, ...back.edits.reverse()];
}
