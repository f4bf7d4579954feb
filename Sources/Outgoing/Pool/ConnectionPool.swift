import DequeModule

/// Decides which connection carries which request: reuse before opening, first come first served, bounded per
/// destination and in all. It performs nothing, and knows neither time nor sockets.
///
/// A request waits for the next connection of its destination, whichever that is: a new one or one that is given back.
///
/// 1. A destination has at most `perDestination` connections and all have at most `total`, those being opened included.
/// 2. While a request waits, a connection of its destination is being opened, or all that are allowed are there.
/// 3. No connection idles while a request waits for its destination; none carries two requests.
/// 4. Requests of one destination get connections in the order of their coming.
struct ConnectionPool<Connection: AnyObject, Request: AnyObject> {
    struct Opening {
        let destination: Destination
        /// An idle connection of another destination, which has to be closed to make room. It is forgotten already.
        let evicted: Connection?
    }

    private struct Entry {
        var idle: [Connection] = []
        /// All of it, idle, carrying and being opened.
        var count = 0
        var opening = 0
        var waiting = Deque<Request>()
        /// Stands in `hungry`.
        var isHungry = false

        func wants(upTo limit: Int) -> Bool { opening < waiting.count && count < limit }
    }

    private let perDestination: Int
    private let total: Int
    private var entries: [Destination: Entry] = [:]
    private var count = 0
    /// Destinations whose requests want a connection opened.
    private var hungry = Deque<Destination>()

    init(perDestination: Int, total: Int) {
        self.perDestination = perDestination
        self.total = total
    }

    /// - Returns: an idle connection to use at once, the one that was used last; else the request waits, and
    ///   `nextOpening` has to be asked.
    mutating func take(_ destination: Destination, for request: Request) -> Connection? {
        if let connection = entries[destination]?.idle.popLast() { return connection }
        entries[destination, default: Entry()].waiting.append(request)
        noteHunger(destination)
        return nil
    }

    /// Ask until it is nil, after each other call.
    mutating func nextOpening() -> Opening? {
        while let destination = hungry.first {
            guard var entry = entries[destination], entry.wants(upTo: perDestination) else {
                hungry.removeFirst()
                entries[destination]?.isHungry = false
                continue
            }
            var evicted: Connection?
            if count >= total {
                guard let victim = evict() else { return nil }
                evicted = victim
            }
            entry.count += 1
            entry.opening += 1
            count += 1
            // To the back of the line, so that none takes all the room.
            hungry.removeFirst()
            hungry.append(destination)
            entries[destination] = entry
            return Opening(destination: destination, evicted: evicted)
        }
        return nil
    }

    /// A connection was opened.
    ///
    /// - Returns: the request that it carries now; else it idles.
    mutating func opened(_ connection: Connection, to destination: Destination) -> Request? {
        entries[destination]?.opening -= 1
        return free(connection, to: destination)
    }

    /// A connection has carried its request and can take another.
    ///
    /// - Returns: the request that it carries now; else it idles.
    mutating func free(_ connection: Connection, to destination: Destination) -> Request? {
        if let request = entries[destination]?.waiting.popFirst() { return request }
        entries[destination]?.idle.append(connection)
        return nil
    }

    /// A connection couldn't be opened.
    ///
    /// - Returns: the request that learns of it, the one that has waited longest.
    mutating func notOpened(to destination: Destination) -> Request? {
        entries[destination]?.opening -= 1
        let request = entries[destination]?.waiting.popFirst()
        removeOne(from: destination)
        return request
    }

    /// A connection that was opened is gone.
    mutating func closed(_ connection: Connection, to destination: Destination) {
        if let index = entries[destination]?.idle.firstIndex(where: { $0 === connection }) {
            entries[destination]?.idle.remove(at: index)
        }
        removeOne(from: destination)
    }

    /// A request waits no longer.
    mutating func withdraw(_ request: Request, from destination: Destination) {
        guard let index = entries[destination]?.waiting.firstIndex(where: { $0 === request }) else { return }
        entries[destination]?.waiting.remove(at: index)
        forgetIfEmpty(destination)
    }

    /// All requests that wait, which wait no longer.
    mutating func withdrawAll() -> [Request] {
        var requests: [Request] = []
        for destination in entries.keys {
            requests += entries[destination]?.waiting ?? []
            entries[destination]?.waiting.removeAll()
            forgetIfEmpty(destination)
        }
        return requests
    }

    private mutating func removeOne(from destination: Destination) {
        entries[destination]?.count -= 1
        count -= 1
        noteHunger(destination)
        forgetIfEmpty(destination)
    }

    private mutating func noteHunger(_ destination: Destination) {
        guard let entry = entries[destination], !entry.isHungry, entry.wants(upTo: perDestination) else {
            return
        }
        entries[destination]?.isHungry = true
        hungry.append(destination)
    }

    /// Keeps the table as small as what is going on.
    private mutating func forgetIfEmpty(_ destination: Destination) {
        guard let entry = entries[destination], entry.count == 0, entry.waiting.isEmpty else { return }
        if entry.isHungry { hungry.removeAll { $0 == destination } }
        entries[destination] = nil
    }

    /// Takes out an idle connection of any destination.
    private mutating func evict() -> Connection? {
        guard let destination = entries.first(where: { !$0.value.idle.isEmpty })?.key,
            let victim = entries[destination]?.idle.removeFirst()
        else { return nil }
        entries[destination]?.count -= 1
        count -= 1
        forgetIfEmpty(destination)
        return victim
    }
}
