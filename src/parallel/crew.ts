// Threads that take jobs: who does which, and what becomes of those whose thread dies.

import { program } from "../generated/worker.js";
import type { Job, Reply, Setup } from "./protocol.js";
import { type Listener, startThread, type Thread } from "./thread.js";

/** Jobs that a thread has at a time: the one that it runs, and others to go on with while the calling thread is busy. */
export const DEPTH = 4;

/** Why a job was not done, though another thread may do it. */
export class ThreadDied extends Error {}

/** What is to be done, and whom to tell. */
interface Order extends Omit<Job, "id"> {
  readonly resolve: (buffer: ArrayBuffer | undefined) => void;
  readonly reject: (cause: unknown) => void;
}

interface Member {
  thread: Thread;
  /** Those that it has been given, by their ids. */
  readonly orders: Map<number, Order>;
  /** Whether it has been set up. */
  isUp: boolean;
}

export class Crew {
  readonly #setup: Setup;
  readonly #members: Set<Member> = new Set();
  /** Those that died, until they have ended. */
  readonly #dying: Set<Thread> = new Set();
  readonly #queue: Order[] = [];
  readonly #starting: (() => void)[] = [];
  #jobs = 0;
  /** What keeps the process from ending by itself: jobs, and those who wait for the start. */
  #holds = 0;
  #cause: unknown = new Error("this engine has no threads");
  #closed: Error | undefined;

  /** Throws a DataCloneError where the memory cannot be shared. */
  constructor(threads: number, setup: Setup) {
    this.#setup = setup;
    for (let i = 0; i < threads; i++) this.#add();
  }

  /** How many threads there are. */
  get size(): number {
    return this.#members.size;
  }

  /** Why there are fewer than there were to be. */
  get cause(): unknown {
    return this.#cause;
  }

  /** Until every thread is set up, or is not to be had. */
  async ready(): Promise<void> {
    if (this.#isUp()) return;
    this.#hold(1);
    await new Promise<void>((resolve) => this.#starting.push(resolve));
    this.#hold(-1);
  }

  /** Has a thread make kernel calls; resolves with the buffer, if one was given. */
  do(job: Omit<Job, "id">): Promise<ArrayBuffer | undefined> {
    this.#hold(1);
    const done = new Promise<ArrayBuffer | undefined>((resolve, reject) => {
      this.#queue.push({ ...job, resolve, reject });
      this.#assign();
    });
    return done.finally(() => this.#hold(-1));
  }

  /** Throws the cause once the threads have been ended. */
  check(): void {
    if (this.#closed !== undefined) throw this.#closed;
  }

  /** Ends every thread; what they had to do is rejected with the cause. */
  async close(cause: Error): Promise<void> {
    const members = [...this.#members];
    this.#members.clear();
    this.#closed = cause;
    this.#cause = cause;
    for (const { orders } of members) for (const { reject } of orders.values()) reject(cause);
    this.#assign();
    this.#tellStarted();
    const threads = [...members.map(({ thread }) => thread), ...this.#dying];
    await Promise.all(threads.map((thread) => thread.end()));
  }

  #isUp(): boolean {
    return [...this.#members].every(({ isUp }) => isUp);
  }

  #add(): void {
    const orders: Member["orders"] = new Map();
    const reply = (message: Reply): void => this.#receive(member, message);
    const died = (cause: unknown): void => void this.#bury(member, cause);
    const thread = this.#start({ reply, died });
    if (thread === undefined) return;
    const member: Member = { thread, orders, isUp: false };
    this.#members.add(member);
    try {
      thread.hold(this.#holds > 0);
      thread.post(this.#setup, []);
    } catch (error) {
      this.#members.clear();
      void thread.end();
      throw error;
    }
  }

  /** Undefined where the engine has no threads, or refuses to start one. */
  #start(listener: Listener): Thread | undefined {
    try {
      return startThread(program, listener);
    } catch (error) {
      this.#cause = error;
      return undefined;
    }
  }

  #receive(member: Member, reply: Reply): void {
    if (reply.id === undefined) {
      member.isUp = true;
      this.#tellStarted();
    } else {
      const order = member.orders.get(reply.id);
      member.orders.delete(reply.id);
      if ("error" in reply) order?.reject(reply.error);
      else order?.resolve(reply.buffer);
    }
    this.#assign();
  }

  /** A thread that had been set up is replaced; one that could not be would not be the next time either. */
  async #bury(member: Member, cause: unknown): Promise<void> {
    if (!this.#members.delete(member)) return;
    this.#cause = cause;
    if (member.isUp) this.#replace();
    this.#tellStarted();
    this.#assign();
    // One whose answer cannot be read may still work, where its work is about to be done again.
    this.#dying.add(member.thread);
    await member.thread.end();
    this.#dying.delete(member.thread);
    for (const { reject } of member.orders.values()) reject(new ThreadDied("a thread died", { cause }));
  }

  #replace(): void {
    try {
      this.#add();
    } catch (error) {
      this.#cause = error;
    }
  }

  #tellStarted(): void {
    if (this.#isUp()) for (const resolve of this.#starting.splice(0)) resolve();
  }

  #assign(): void {
    if (this.#members.size === 0) {
      const cause = this.#closed ?? new ThreadDied("no thread is left", { cause: this.#cause });
      for (const { reject } of this.#queue.splice(0)) reject(cause);
    }
    while (this.#queue.length > 0) {
      const member = this.#leastBusy();
      if (member === undefined) return;
      this.#give(member, this.#queue.shift() as Order);
    }
  }

  #leastBusy(): Member | undefined {
    const free = [...this.#members].filter(({ isUp, orders }) => isUp && orders.size < DEPTH);
    return free.reduce<Member | undefined>((a, b) => (a && a.orders.size <= b.orders.size ? a : b), undefined);
  }

  #give({ thread, orders }: Member, order: Order): void {
    const id = this.#jobs++;
    const { calls, turns, buffer, from } = order;
    orders.set(id, order);
    thread.post({ id, calls, turns, buffer, from }, buffer === undefined ? [] : [buffer]);
  }

  #hold(by: number): void {
    const before = this.#holds;
    this.#holds += by;
    if (before === 0 || this.#holds === 0) for (const { thread } of this.#members) thread.hold(this.#holds > 0);
  }
}
