import HTTPTypes
import Hummingbird
import Liquid
import Flow

/// What a request is answered with.
struct Answer: Hashable {
    let status: Int
    var contentType = "application/json"
    let json: JSON
    /// Seconds.
    var retryAfter: Int?
    /// Methods.
    var allowed: String?

    var response: Response {
        var headers: HTTPFields = [.contentType: contentType, .cacheControl: "no-store"]
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        if let allowed { headers[.allow] = allowed }
        if status == 401 { headers[.wwwAuthenticate] = "Bearer" }
        return Response(
            status: HTTPResponse.Status(code: status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.jsonBytes + [UInt8(ascii: "\n")])))
    }
}
