// Everything below /api/{connector}: what a vendor's public API does with a request.

import Connectors
import Flow
import HTTPTypes
import Hummingbird
import Liquid

/// Answers as vendors' public APIs do. It stands before the router, because any method and any path is a request to a
/// vendor, the wrong ones above all.
struct VendorEndpoint: RouterMiddleware {
    typealias Context = VendorRequestContext

    /// Of a header whose value is remembered.
    private static let runLimit = ActionRequest.textLimit
    /// Characters of a path that a fault repeats.
    private static let pathLimit = 300

    let replicas: VendorReplicas
    let script: CurrentScript
    let performer: AnswerPerformer

    func handle(
        _ request: Request, context: VendorRequestContext,
        next: (Request, VendorRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let path = APIPath(request.uri.path) else { return try await next(request, context) }
        let response = try await respond(to: request, path, context)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func respond(
        to request: Request, _ path: APIPath, _ context: VendorRequestContext
    ) async throws -> Response {
        let run = request.headers.first { $0.name.canonicalName == "idempotency-key" }?.value ?? ""
        func refuse(_ status: Int, _ fault: String, properties: [UInt8] = JSON.null.jsonBytes) async
            -> Response
        {
            let unknown = ActionRequest(
                connector: ActionRequest.cut(path.connector), handle: "", store: "",
                runID: ActionRequest.cut(run), propertiesJSON: properties)
            return await performer.refuse(unknown, status: status, fault, context)
        }
        guard let body = try await request.wholeBody() else { return await refuse(413, Request.bodyFault) }
        let properties = Self.properties(body)
        if let fault = path.fault {
            return await refuse(400, "\(fault): \(path.rest.prefix(Self.pathLimit))", properties: properties)
        }
        guard let replica = replicas[path.connector] else {
            let fault = replicas.fault(of: ActionRequest.cut(path.connector))
            return await refuse(404, fault, properties: properties)
        }
        if run.utf8.count > Self.runLimit {
            return await refuse(
                400, "Idempotency-Key is longer than \(Self.runLimit) bytes", properties: properties)
        }
        let acceptance = performer.log.accept(
            ReplicaRequest(request, path: path.rest, body: body), at: replica,
            accessToken: request.headers[.authorization].flatMap(Self.bearer), properties: properties,
            script: script.value, time: performer.now())
        return await performer.finish(acceptance, context)
    }

    /// The token of `Bearer …`.
    private static func bearer(_ header: String) -> String? {
        header.hasPrefix("Bearer ") ? String(header.dropFirst("Bearer ".count)) : nil
    }

    /// A body for the log: JSON, or a string where it is something else.
    private static func properties(_ body: [UInt8]) -> [UInt8] {
        guard !body.isEmpty else { return JSON.null.jsonBytes }
        // Forms, and whatever else is no JSON, are kept as text.
        return ((try? JSONParser.parse(body)) ?? .string(String(decoding: body, as: UTF8.self))).jsonBytes
    }
}

extension ReplicaRequest {
    /// - Parameter path: below the vendor's base.
    fileprivate init(_ request: Request, path: String, body: [UInt8]) {
        let query = request.uri.query.map { "?\($0)" } ?? ""
        self.init(
            VendorRequest(
                method: request.method.rawValue, url: path + query,
                headers: request.headers.map { (name: $0.name.rawName, value: $0.value) }, body: body,
                timeout: .zero),
            base: "")
    }
}
