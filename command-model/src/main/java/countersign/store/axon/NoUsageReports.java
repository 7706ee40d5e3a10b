package countersign.store.axon;

import org.axonframework.update.configuration.UsagePropertyProvider;

/**
 * Axon reports the machine's id and its modules to its maker unless told not to. An audit product
 * calls nobody: the reporter is not registered at all, and should it ever be, this tells it no.
 */
public final class NoUsageReports implements UsagePropertyProvider {

  @Override
  public Boolean getDisabled() {
    return true;
  }

  /** Nowhere: even a reporter that does not ask has no address to call. */
  @Override
  public String getUrl() {
    return "http://localhost:0/";
  }

  @Override
  public int priority() {
    return Integer.MAX_VALUE;
  }
}
