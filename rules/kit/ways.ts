/** How a visitor's data comes to a value, through the functions of the project. */
import type { Module } from './module';
import type { Place, Span } from './place';
import type { Parameter, Result, Tainted, Value } from './value';

/**
 * How a visitor's data comes to a value. `legs` lead from the function that reads the request to the one that holds the value asked about;
 * one leg: it stays within one function, which proves it.
 */
export interface Way {
  readonly taint: Tainted;
  /** Where the request is read, and the code that reads it. */
  readonly source: Place;
  readonly read: string;
  readonly legs: readonly Leg[];
}
/** A stretch of a way inside one function: what the visitor's data is there, and the call (or return) that takes it on. */
export interface Leg {
  readonly module: Module;
  readonly scope: string;
  readonly value: Value;
  /** The argument or result that holds it. */
  readonly whole: Value;
  readonly at: Span;
  /** As written: what is called; undefined for what is returned and for the last leg. */
  readonly calls?: string;
}

/** `name` tells such questions apart. */
export interface Harmless { readonly name: string; readonly is: (value: Value) => boolean }

/** What functions hand to each other. Both answers follow a few calls only (engine/project/flow says how many): past that they are empty, or no. */
export interface Flow {
  /**
   * Ways on which a visitor's data comes to a value unchanged enough to be dangerous, the shortest first.
   * @param place where the value is used: its scope, and the call
   * @param through further callees that hand it on, such as `os.path.join` on the way to a file
   */
  ways(value: Value, place: { readonly module: Module; readonly scope: string; readonly at: Span }, through?: RegExp): readonly Way[];
  /**
   * Every call of the function is known and gives this parameter nothing but constants, settings and the like.
   * @param also what else is harmless here, such as words that a shell takes as they are
   */
  givenOwn(parameter: Parameter, also?: Harmless): boolean;
  /** The function of this project gives back nothing but its own constants and what it was given. */
  returnsOwn(result: Result): boolean;
}
