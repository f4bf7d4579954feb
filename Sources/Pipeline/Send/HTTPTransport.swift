import AsyncHTTPClient
import Connectors
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOPosix

/// Sends requests with AsyncHTTPClient: pooled connections, no redirects, bounded bodies.
package final class HTTPTransport: ActionTransport {
    /// Bytes of an answer that are read, at most: Flow's limit of a return value and some room.
    package static let bodyLimit = 128 * 1024
    private let client: HTTPClient

    /// - Parameter concurrency: connections to one host, at most.
    package init(concurrency: Int) {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
        configuration.timeout.connect = .seconds(5)
        // A vendor that answers once with garbage must not hold a retry of ours back.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    package func close() async {
        try? await client.shutdown()  // it only fails when it was shut down before
    }

    package func send(_ request: VendorRequest) async -> VendorAnswer {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { outgoing.headers.add(name: name, value: value) }
        outgoing.body = .bytes(ByteBuffer(bytes: request.body))
        do {
            let deadline = NIODeadline.now() + .nanoseconds(request.timeout.nanoseconds)
            let response = try await client.execute(outgoing, deadline: deadline)
            let body = try await response.body.collect(upTo: Self.bodyLimit)
            let headers = response.headers.map { ($0.name, $0.value) }
            return .response(
                VendorResponse(
                    status: Int(response.status.code), headers: headers, body: Array(body.readableBytesView)))
        } catch is NIOTooManyBytesError {
            return .noAnswer(reason: "the answer is larger than \(Self.bodyLimit) bytes")
        } catch let error as HTTPClientError {
            return .noAnswer(reason: Self.text(error))
        } catch {
            return .noAnswer(reason: Self.text(error))
        }
    }

    /// Static words only: an error of the transport may hold the URL.
    private static func text(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            "no answer in time"
        case let error as HTTPClientError where error == .connectTimeout: "no connection in time"
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            "the connection was closed without an answer"
        case let error as HTTPClientError: "no answer: \(error.shortDescription)"
        case is NIOConnectionError: "the endpoint can't be reached"
        case is CancellationError: "cancelled"
        default: "no answer: \(type(of: error))"
        }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
