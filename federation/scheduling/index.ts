export { planReplicas } from './planner.ts';
export { defaultPreferences, parsePreferences } from './preferences.ts';
