using System.Text;
using Google.Protobuf;

namespace Soc.Telemetry.Tests;

/// <summary>A protobuf message without its schema: the fields by number.</summary>
internal sealed class ProtobufMessage
{
    private readonly Dictionary<uint, List<object>> _fields = [];

    public ProtobufMessage(byte[] bytes)
    {
        var input = new CodedInputStream(bytes);
        while (input.ReadTag() is var tag and not 0)
        {
            object value = (tag & 7) switch
            {
                0 => input.ReadUInt64(),
                1 => input.ReadFixed64(),
                2 => input.ReadBytes().ToByteArray(),
                5 => (ulong)input.ReadFixed32(),
                var type => throw new InvalidDataException($"wire type {type}"),
            };
            if (!_fields.TryGetValue(tag >> 3, out List<object>? values))
            {
                values = [];
                _fields.Add(tag >> 3, values);
            }

            values.Add(value);
        }
    }

    public IEnumerable<ProtobufMessage> Messages(uint field) => All(field).Select(value => new ProtobufMessage((byte[])value));

    public ulong Number(uint field) => All(field).Cast<ulong>().LastOrDefault();

    public double Double(uint field) => BitConverter.UInt64BitsToDouble(Number(field));

    public string Text(uint field) => Encoding.UTF8.GetString(All(field).Cast<byte[]>().LastOrDefault() ?? []);

    public string Hex(uint field) => Convert.ToHexStringLower(All(field).Cast<byte[]>().LastOrDefault() ?? []);

    /// <summary>A repeated KeyValue field of OTLP (common.proto).</summary>
    public Dictionary<string, string> Attributes(uint field) => Messages(field).ToDictionary(pair => pair.Text(1), pair =>
    {
        ProtobufMessage value = pair.Messages(2).Single();
        return value.Has(1) ? value.Text(1) : value.Has(2) ? (value.Number(2) != 0 ? "true" : "false") : ((long)value.Number(3)).ToString(System.Globalization.CultureInfo.InvariantCulture);
    });

    public bool Has(uint field) => _fields.ContainsKey(field);

    private List<object> All(uint field) => _fields.TryGetValue(field, out List<object>? values) ? values : [];
}
