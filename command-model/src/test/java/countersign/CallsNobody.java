package countersign;

import countersign.store.InMemoryLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;

/**
 * A process of its own that starts Axon and prints every address that anything tries to reach by
 * HTTP; each is sent to a port where nobody listens. Of its own, because Axon's reporter keeps
 * quiet below a test.
 */
public final class CallsNobody {
  private CallsNobody() {}

  public static void main(String[] arguments) throws Exception {
    ProxySelector.setDefault(
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            System.out.println("called " + uri.getHost());
            return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", 1)));
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException failure) {
            // As it should.
          }
        });
    if (arguments[0].equals("ours")) {
      RunningCommandModel model = RunningCommandModel.start(new InMemoryLog());
      System.out.println("started " + (model.axon() != null));
    } else {
      EventSourcingConfigurer.create().build().start();
      System.out.println("started true");
    }
    // The reporter begins a second after the start.
    Thread.sleep(3_000);
    System.exit(0);
  }
}
