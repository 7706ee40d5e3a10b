package countersign;

import countersign.append.LogAppend;
import countersign.approval.ApprovalCommand;
import countersign.approval.write.ApprovalHandler;
import countersign.approval.write.Slice;
import countersign.approval.write.approve.Approve;
import countersign.approval.write.deny.Deny;
import countersign.approval.write.expire.Expire;
import countersign.approval.write.expire.WhenApprovalIsDueThenExpire;
import countersign.approval.write.modify.Modify;
import countersign.approval.write.requestapproval.RequestApproval;
import countersign.approval.write.use.Use;
import countersign.approval.write.withdraw.Withdraw;
import countersign.command.Workers;
import countersign.configuration.write.DeclareConfiguration;
import countersign.feed.LogFeed;
import countersign.feed.RulebookInForce;
import countersign.port.Append;
import countersign.recovery.Recovery;
import countersign.retention.RetentionCommand;
import countersign.retention.write.Ledger;
import countersign.retention.write.RetentionHandler;
import countersign.session.SessionCommand;
import countersign.session.write.SessionHandler;
import countersign.store.EventLog;
import countersign.store.axon.LogEngine;
import countersign.store.axon.NoUsageReports;
import java.time.InstantSource;
import java.util.List;
import org.axonframework.common.configuration.AxonConfiguration;
import org.axonframework.common.configuration.Configuration;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.messaging.commandhandling.CommandHandler;
import org.axonframework.messaging.commandhandling.configuration.CommandHandlingModule;
import org.axonframework.messaging.commandhandling.gateway.CommandGateway;
import org.axonframework.messaging.core.QualifiedName;
import org.axonframework.update.UpdateCheckerConfigurationEnhancer;
import org.axonframework.update.configuration.UsagePropertyProvider;

/**
 * The table of contents of the command model. At a start, in this order:
 *
 * <pre>{@code
 * EventLog log = …;                                              // Store.open
 * LogFeed feed = CommandModelConfiguration.feed(log);
 * feed.start();                                                  // wait for it
 * Workers workers = new Workers();
 * CommandModelConfiguration.register(configurer, log, feed, workers, clock);
 * AxonConfiguration axon = configurer.build(); axon.start();
 * CommandModelConfiguration.configuration(log).declare(file);    // wait for it
 * Recovery recovery = CommandModelConfiguration.recovery(log, axon, clock);
 * recovery.startEdge(own, host); recovery.recover(own);          // wait for both
 * CommandModelConfiguration.expiry(log, axon, clock).start();
 * Append append = CommandModelConfiguration.append(log, axon);   // for the edge, with the feed
 * }</pre>
 *
 * Closed in the opposite order; {@code axon.shutdown()} before {@code workers.close()}.
 */
public final class CommandModelConfiguration {

  /** What may be asked of an approval, and which slice decides it. */
  private static final List<Entry<?>> APPROVAL =
      List.of(
          new Entry<>(ApprovalCommand.Request.class, RequestApproval::decide),
          new Entry<>(ApprovalCommand.Approve.class, Approve::decide),
          new Entry<>(ApprovalCommand.Deny.class, Deny::decide),
          new Entry<>(ApprovalCommand.Modify.class, Modify::decide),
          new Entry<>(ApprovalCommand.Use.class, Use::decide),
          new Entry<>(ApprovalCommand.Expire.class, Expire::decide),
          new Entry<>(ApprovalCommand.Withdraw.class, Withdraw::decide),
          new Entry<>(ApprovalCommand.WithdrawByCaller.class, Withdraw::decideByCaller));

  /** What people may ask about a session. */
  private static final List<Class<? extends SessionCommand>> SESSION =
      List.of(SessionCommand.Terminate.class, SessionCommand.OpenContent.class);

  /** What people may ask about holds and erasures. */
  private static final List<Class<? extends RetentionCommand>> RETENTION =
      List.of(
          RetentionCommand.PlaceHold.class,
          RetentionCommand.LiftHold.class,
          RetentionCommand.Erase.class);

  private CommandModelConfiguration() {}

  /**
   * Registers engine, tags and command handlers, and that nothing is ever reported to anybody.
   *
   * @param log the log, open
   * @param rulebooks the rulebook in force; the feed
   * @param workers what runs the handlers
   * @param clock the time of decisions
   * @return the configurer
   */
  public static EventSourcingConfigurer register(
      EventSourcingConfigurer configurer,
      EventLog log,
      RulebookInForce rulebooks,
      Workers workers,
      InstantSource clock) {
    configurer.componentRegistry(registry ->
        registry
            .registerComponent(UsagePropertyProvider.class, _ -> new NoUsageReports())
            .disableEnhancer(UpdateCheckerConfigurationEnhancer.class));
    configurer.registerEventStorageEngine(_ -> new LogEngine(log));
    configurer.registerTagResolver(_ -> LogEngine.tagResolver());
    configurer.registerCommandHandlingModule(
        CommandHandlingModule.named("countersign.approval")
            .commandHandlers(handlers ->
                APPROVAL.forEach(entry ->
                    handlers.commandHandler(
                        new QualifiedName(entry.type()),
                        (Configuration axon) -> entry.handler(axon, rulebooks, workers, clock)))));
    configurer.registerCommandHandlingModule(
        CommandHandlingModule.named("countersign.session")
            .commandHandlers(handlers ->
                SESSION.forEach(type ->
                    handlers.commandHandler(
                        new QualifiedName(type),
                        (Configuration _) -> new SessionHandler(log, rulebooks, workers, clock)))));
    return configurer;
  }

  /**
   * Registers the handlers of holds and erasures.
   *
   * @param requested called after an erasure became durable; must not block
   */
  public static EventSourcingConfigurer registerRetention(
      EventSourcingConfigurer configurer,
      EventLog log,
      Ledger ledger,
      Workers workers,
      InstantSource clock,
      Runnable requested) {
    RetentionHandler handler = new RetentionHandler(log, ledger, workers, clock, requested);
    return configurer.registerCommandHandlingModule(
        CommandHandlingModule.named("countersign.retention")
            .commandHandlers(handlers ->
                RETENTION.forEach(type ->
                    handlers.commandHandler(
                        new QualifiedName(type), (Configuration _) -> handler))));
  }

  /** The feed of edges in this process; the caller starts and closes it. */
  public static LogFeed feed(EventLog log) {
    return new LogFeed(log);
  }

  /** The port of edges in this process. */
  public static Append append(EventLog log, AxonConfiguration axon) {
    return new LogAppend(log, axon.getComponent(CommandGateway.class));
  }

  /** What expires approvals; the caller starts and closes it. */
  public static WhenApprovalIsDueThenExpire expiry(
      EventLog log, AxonConfiguration axon, InstantSource clock) {
    return new WhenApprovalIsDueThenExpire(log, axon.getComponent(CommandGateway.class), clock);
  }

  /** What declares configuration files. */
  public static DeclareConfiguration configuration(EventLog log) {
    return new DeclareConfiguration(log);
  }

  /** What closes what edges that are gone left open. */
  public static Recovery recovery(EventLog log, AxonConfiguration axon, InstantSource clock) {
    return new Recovery(log, axon.getComponent(CommandGateway.class), clock);
  }

  private record Entry<C extends ApprovalCommand>(Class<C> type, Slice<C> slice) {
    CommandHandler handler(
        Configuration axon, RulebookInForce rulebooks, Workers workers, InstantSource clock) {
      return new ApprovalHandler<>(
          type, slice, axon.getComponent(EventStorageEngine.class), rulebooks, workers, clock);
    }
  }
}
