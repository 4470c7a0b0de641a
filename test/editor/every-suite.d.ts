// Written by build.mjs while it bundles: imports every *.test.ts of the folder that is run.
declare module 'every-suite' {}
