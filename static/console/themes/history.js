// Undo and redo of a form's values, kept as whole snapshots. Edits of one field that follow each other closely are one step.

const STEPS_MAX = 200;
const TYPING_MS = 900;

export class History {
  #past = [];
  #future = [];
  #present;
  #last = { field: null, at: 0 };

  constructor(present) {
    this.#present = present;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  // `field` names what was edited; null for an edit of several fields, which always is a step of its own.
  record(snapshot, field, now) {
    if (same(snapshot, this.#present)) return;
    const goesOn = field !== null && field === this.#last.field && now - this.#last.at < TYPING_MS;
    if (!goesOn || !this.canUndo) this.#past = [...this.#past, this.#present].slice(-STEPS_MAX);
    this.#present = snapshot;
    this.#future = [];
    this.#last = { field, at: now };
  }

  undo() {
    return this.#move(this.#past, this.#future);
  }

  redo() {
    return this.#move(this.#future, this.#past);
  }

  #move(from, to) {
    if (!from.length) return null;
    to.push(this.#present);
    this.#present = from.pop();
    this.#last = { field: null, at: 0 };
    return this.#present;
  }
}

function same(one, other) {
  return Object.keys(one).every((name) => one[name] === other[name]);
}
