/** Everything a rule may know. Rules import from here and from nowhere else. */
export * from './files';
export * from './fix';
export * from './grading';
export * from './module';
export * from './place';
export * from './project';
export * from './rule';
export * from './select';
export * from './unset';
export * from './value';
