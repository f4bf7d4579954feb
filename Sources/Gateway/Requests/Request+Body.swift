import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// The whole body, within a limit of size and of time.
    ///
    /// - Parameter evicted: ends where the body's place is needed for others.
    func wholeBody(
        upTo limit: Int, what: String, until evicted: AsyncStream<Void>? = nil
    ) async throws(Problem) -> [UInt8] {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw .tooLarge(limit: limit, what: what)
        }
        do {
            // Whatever ends first counts: the body, its time, or its place.
            return try await withThrowingTaskGroup(of: [UInt8].self) { group in
                group.addTask { Array(buffer: try await body.collect(upTo: limit)) }
                group.addTask {
                    try await Task.sleep(for: GatewayConfiguration.bodyTime)
                    throw Problem.tooLate()
                }
                if let evicted {
                    group.addTask {
                        for await _ in evicted {}
                        throw Problem.unavailable(
                            "other requests needed the place of this slow one", do: "send it again",
                            retryAfter: 1)
                    }
                }
                defer { group.cancelAll() }
                return try await group.next() ?? []
            }
        } catch let problem as Problem {
            throw problem
        } catch is NIOTooManyBytesError {
            throw .tooLarge(limit: limit, what: what)
        } catch {
            // The client is gone, or speaks no HTTP: nobody reads this.
            throw .badRequest("the body could not be read", do: "send it again")
        }
    }

    /// A header's value.
    func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { headers[$0] }
    }

    /// Headers as a vendor's webhook reads them: each line of its own, names in any case.
    var headerLines: [(name: String, value: String)] {
        headers.map { ($0.name.canonicalName, $0.value) }
    }

    /// The query's parameters, decoded; the first of several with one name.
    var parameters: [String: String] {
        let pairs = uri.queryParameters.map { (String($0.key), String($0.value)) }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}
