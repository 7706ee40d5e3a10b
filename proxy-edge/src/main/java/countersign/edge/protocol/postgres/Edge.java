package countersign.edge.protocol.postgres;

import countersign.edge.EdgeSettings;
import countersign.edge.credential.TargetLogin;
import countersign.edge.grammar.Parsers;
import countersign.edge.record.Budget;
import countersign.identity.Authentication;
import countersign.port.Append;
import countersign.port.Feed;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * What all sessions of an edge share; everything in it is thread-safe.
 *
 * @param loops where connections live that belong to no session
 * @param tls what callers are offered, null for none
 */
record Edge(
    EdgeSettings settings,
    EventLoopGroup loops,
    @Nullable SslContext tls,
    Append append,
    Feed feed,
    Authentication authentication,
    TargetLogin login,
    Budget budget,
    Sessions sessions,
    Unproven unproven,
    Parsers parsers,
    Catalogues catalogues) {}
