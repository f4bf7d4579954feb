// What a route of the mock vendor gets besides the request.

import Hummingbird
import NIOCore

/// Hummingbird's context with the connection, which some scripted answers close instead of writing to it.
struct VendorRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}
