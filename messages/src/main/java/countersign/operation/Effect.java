package countersign.operation;

/** What an operation does. An operation has a set of them; transaction control has none. */
public enum Effect {
  read,
  create,
  change,
  destroy,
  schema,
  privilege,
  program,
  session,
  forward,
  unknown
}
