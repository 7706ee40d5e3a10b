package countersign.event;

/**
 * An immutable fact. Implementations are records below a sealed interface of their feature, carry
 * Axon's {@code @Event(name, version)} and are stored as UTF-8 JSON by record component: components
 * marked {@link Clear} in the clear, all others sealed.
 *
 * <p>A change of shape is a new version; a stored event is never rewritten.
 */
public interface Event {}
