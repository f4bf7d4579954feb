import NIOCore

/// Performs what the pool decides: hands requests to connections, opens and closes them.
///
/// It lives on the client's event loop, as do the connections: a request crosses threads twice, to get there and to
/// come back.
final class Dispatcher {
    private let tools: Dial.Tools
    private var pool: ConnectionPool<Connection, Exchange>
    private var dials: [ObjectIdentifier: Dial] = [:]
    /// Those that the pool knows of.
    private var connections: [ObjectIdentifier: Connection] = [:]
    private var isShutDown = false

    init(_ tools: Dial.Tools) {
        self.tools = tools
        pool = ConnectionPool(
            perDestination: tools.configuration.connectionsPerHost, total: tools.configuration.connections)
    }

    func send(_ exchange: Exchange) {
        guard !isShutDown else { return exchange.end(.failure(.shutDown)) }
        let destination = exchange.request.destination
        while let connection = pool.take(destination, for: exchange) {
            if connection.isUsable { return connection.carry(exchange) }
            connection.close(.closed(isWithinAnswer: false))
        }
        exchange.timer = tools.loop.assumeIsolated().scheduleTask(deadline: exchange.request.deadline) {
            self.giveUp(exchange, .timedOut)
        }
        openConnections()
    }

    /// Ends a request before its time. One that is on the wire takes its connection along.
    func giveUp(_ exchange: Exchange, _ fault: HTTPFault) {
        if let connection = exchange.connection { return connection.close(fault) }
        guard !exchange.isOver else { return }
        pool.withdraw(exchange, from: exchange.request.destination)
        exchange.end(.failure(fault))
    }

    /// Ends everything, and takes nothing any more.
    func shutDown() {
        isShutDown = true
        for exchange in pool.withdrawAll() { exchange.end(.failure(.shutDown)) }
        for dial in Array(dials.values) { dial.end(.failure(.shutDown)) }
        for connection in Array(connections.values) { connection.close(.shutDown) }
    }

    // MARK: What connections tell

    func released(_ connection: Connection) {
        if let exchange = pool.free(connection, to: connection.destination) { hand(exchange, to: connection) }
        openConnections()
    }

    func ended(_ connection: Connection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        pool.closed(connection, to: connection.destination)
        openConnections()
    }

    // MARK: Opening

    private func openConnections() {
        while !isShutDown, let opening = pool.nextOpening() {
            if let evicted = opening.evicted {
                connections[ObjectIdentifier(evicted)] = nil
                evicted.close(.closed(isWithinAnswer: false))
            }
            let destination = opening.destination
            let dial = Dial(to: destination, tools) { [self] in dialled(destination, $0, $1) }
            dials[ObjectIdentifier(dial)] = dial
            dial.start()
        }
    }

    private func dialled(_ destination: Destination, _ dial: Dial, _ result: Result<Connection, HTTPFault>) {
        dials[ObjectIdentifier(dial)] = nil
        switch result {
        case .success(let connection):
            connections[ObjectIdentifier(connection)] = connection
            connection.serve(self)
            if let exchange = pool.opened(connection, to: destination) { hand(exchange, to: connection) }
        case .failure(let fault):
            pool.notOpened(to: destination)?.end(.failure(fault))
        }
        openConnections()
    }

    private func hand(_ exchange: Exchange, to connection: Connection) {
        exchange.timer?.cancel()
        exchange.timer = nil
        connection.carry(exchange)
    }
}
