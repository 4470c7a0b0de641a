/** Files of ours that are read whether or not git knows them. */
export const SUPPRESSIONS_FILE = '.shipworthy/suppressions.json';
export const SIGNOFFS_FILE = '.shipworthy/signoffs.json';

export const RECORD_FILES: readonly string[] = [SUPPRESSIONS_FILE, SIGNOFFS_FILE];
