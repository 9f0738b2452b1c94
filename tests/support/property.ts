/**
 * fast-check as these tests use it: each run draws the same, so that what CI finds, a commit has done. Other draws are
 * for looking for faults: PROPERTY_SEED=N, or PROPERTY_SEED=random.
 */
import fc from 'fast-check';

const asked = process.env['PROPERTY_SEED'] ?? '1';
if (asked !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(asked) });

export default fc;
