import HTTPTypes
import Hummingbird
import NIOCore

/// Hummingbird's context with the connection, which is closed where a body was left unread.
struct GatewayRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// A path's part by its name in the route, still encoded.
    func segment(_ name: String) -> String? { parameters.get(name) }

    /// Ends the connection of a request that was refused before its body was read, where that has no end in sight: once
    /// the client had time to read the answer. What is short enough is read and thrown away.
    func closeSoon(after request: Request) {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }) {
            guard length > GatewayConfiguration.webhookLimit else { return }
        } else {
            guard request.headers[.transferEncoding] != nil else { return }
        }
        channel.eventLoop.scheduleTask(in: .seconds(2)) { [channel] in channel.close(promise: nil) }
    }
}
