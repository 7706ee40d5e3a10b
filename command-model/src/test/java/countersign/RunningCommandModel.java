package countersign;

import countersign.approval.write.expire.WhenApprovalIsDueThenExpire;
import countersign.command.Workers;
import countersign.feed.LogFeed;
import countersign.port.Append;
import countersign.store.EventLog;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.axonframework.common.configuration.AxonConfiguration;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;
import org.axonframework.messaging.commandhandling.gateway.CommandGateway;

/** The command model of one process, put together as the application does it. */
public record RunningCommandModel(
    AxonConfiguration axon,
    Workers workers,
    LogFeed feed,
    Append append,
    WhenApprovalIsDueThenExpire expiry)
    implements AutoCloseable {

  public static RunningCommandModel start(EventLog log) throws Exception {
    LogFeed feed = CommandModelConfiguration.feed(log);
    feed.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
    Workers workers = new Workers();
    AxonConfiguration axon =
        CommandModelConfiguration.register(
                EventSourcingConfigurer.create(), log, feed, workers, InstantSource.system())
            .build();
    axon.start();
    WhenApprovalIsDueThenExpire expiry =
        CommandModelConfiguration.expiry(log, axon, InstantSource.system());
    expiry.start();
    return new RunningCommandModel(
        axon, workers, feed, CommandModelConfiguration.append(log, axon), expiry);
  }

  public CompletableFuture<?> sendAsync(Object command) {
    return axon.getComponent(CommandGateway.class).send(command).getResultMessage();
  }

  public void send(Object command) throws Exception {
    sendAsync(command).get(15, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    expiry.close();
    axon.shutdown();
    workers.close();
    feed.close();
  }
}
