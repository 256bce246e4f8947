using Soc.Memory;

namespace Soc.Devices.Aia;

/// <summary>One interrupt domain of an <see cref="Aplic"/> (RISC-V AIA 1.0, section 4.5).</summary>
/// <remarks>
/// <code>
/// offset              name              access
/// 0x0000              domaincfg         31:24 = 0x80, 8 IE, 2 DM (1 = MSI delivery; fixed when only one is possible), 0 BE = 0
/// 0x0004 + 4 (i - 1)  sourcecfg[i]      10 D: 9:0 child; else 2:0 SM (AplicSourceMode)
/// 0x1BC0, 0x1BC4      mmsiaddrcfg, h    root domain: base page of the machine-level files; h: 31 L (locks), 28:24 HHXS, 22:20 LHXS, 18:16 HHXW,
///                                       15:12 LHXW, 11:0 upper part of the base page
/// 0x1BC8, 0x1BCC      smsiaddrcfg, h    root domain: the same of the supervisor-level files; h: 22:20 LHXS, 11:0
/// 0x1C00 + 4 k        setip[k]          RW, pending bits; writing ones sets
/// 0x1CDC              setipnum          W
/// 0x1D00 + 4 k        in_clrip[k]       read: rectified inputs; writing ones clears
/// 0x1DDC              clripnum          W
/// 0x1E00 + 4 k        setie[k]          RW, enable bits; writing ones sets
/// 0x1EDC              setienum          W
/// 0x1F00 + 4 k        clrie[k]          W, writing ones clears
/// 0x1FDC              clrienum          W
/// 0x2000, 0x2004      setipnum_le, _be  W
/// 0x3000              genmsi            RW: 31:18 hart, 10:0 identity; sends a message at once (12 Busy is always 0)
/// 0x3004 + 4 (i - 1)  target[i]         31:18 hart; direct: 7:0 priority, 1 is highest; MSI: 17:12 guest, 10:0 identity
/// 0x4000 + 32 h       IDC of hart h     0x00 idelivery, 0x04 iforce, 0x08 ithreshold, 0x18 topi (RO), 0x1c claimi (RO: topi, and claims it)
/// </code>
/// <para>Accesses of another width than 4 are bus errors; the rest reads 0 and ignores writes.</para>
/// </remarks>
public sealed class AplicDomain : IBusDevice
{
    /// <summary>Offset of the first hart's interrupt delivery control.</summary>
    public const ulong DeliveryOffset = 0x4000;

    private const ulong DeliveryStride = 32;
    private const uint EnableBit = 1 << 8;
    private const uint MessageBit = 1 << 2;
    private const uint DelegateBit = 1 << 10;
    private const uint AddressLock = 1u << 31;
    private const uint MachineAddressMask = 0x9F77_FFFF;
    private const uint SupervisorAddressMask = 0x0070_0FFF;
    private const int MostPriority = 255;

    private readonly Lock _lock;
    private readonly int _sources;
    private readonly HartInterruptLine _line;
    private readonly IExternalInterruptPort _port;
    private readonly IMessageSink? _messages;
    private readonly AplicDomain? _parent;
    private readonly bool[] _wires;
    private readonly uint[] _sourceConfiguration;
    private readonly uint[] _target;
    private readonly bool[] _pending;
    private readonly bool[] _enabled;
    private readonly bool[] _delivery;
    private readonly bool[] _force;
    private readonly uint[] _threshold;
    private readonly bool[] _output;
    private readonly uint[] _messageAddress = new uint[4];
    private uint _domain;
    private uint _generated;

    internal AplicDomain(
        Lock gate, int sources, int harts, HartInterruptLine line, IExternalInterruptPort port, IMessageSink? messages, AplicDomain? parent, bool[] wires)
    {
        _lock = gate;
        _sources = sources;
        _line = line;
        _port = port;
        _messages = messages;
        _parent = parent;
        _wires = wires;
        _sourceConfiguration = new uint[sources + 1];
        _target = new uint[sources + 1];
        _pending = new bool[sources + 1];
        _enabled = new bool[sources + 1];
        _delivery = new bool[harts];
        _force = new bool[harts];
        _threshold = new uint[harts];
        _output = new bool[harts];
    }

    /// <summary>Bytes of the register block.</summary>
    public ulong RegionSize => SizeFor(_output.Length);

    /// <summary>Bytes of the register block of a domain with so many harts.</summary>
    public static ulong SizeFor(int harts) => (DeliveryOffset + (DeliveryStride * (ulong)harts) + 0xFFF) & ~0xFFFUL;

    /// <summary>The domain below this one; null for the child.</summary>
    internal AplicDomain? Child { get; set; }

    private bool IsMessaging => (_domain & MessageBit) != 0;

    /// <inheritdoc/>
    public AccessResult Read(in BusAccess access, out ulong value)
    {
        value = 0;
        if (access.Size != 4)
        {
            return AccessResult.Error;
        }

        lock (_lock)
        {
            value = ReadRegister(access);
        }

        return AccessResult.Ok;
    }

    /// <inheritdoc/>
    public AccessResult Write(in BusAccess access, ulong value)
    {
        if (access.Size != 4)
        {
            return AccessResult.Error;
        }

        lock (_lock)
        {
            WriteRegister(access.Offset, (uint)value, access.Initiator);
            Deliver(access.Initiator);
        }

        return AccessResult.Ok;
    }

    /// <summary>The wire of a source has another level; called with the controller's lock held.</summary>
    internal void WireChanged(int source, IInitiator by)
    {
        if (!IsActive(source))
        {
            return;
        }

        bool asserted = Rectified(source);
        if (asserted)
        {
            _pending[source] = true;
        }
        else if (IsLevel(source))
        {
            _pending[source] = false;
        }

        Deliver(by);
    }

    private static bool IsNumber(ulong offset, ulong array, out int word)
    {
        word = (int)((offset - array) / 4);
        return offset >= array && offset < array + 0x80;
    }

    private AplicSourceMode ModeOf(int source) =>
        (_sourceConfiguration[source] & DelegateBit) != 0 ? AplicSourceMode.Inactive : (AplicSourceMode)(_sourceConfiguration[source] & 7);

    private bool IsActive(int source) => ModeOf(source) != AplicSourceMode.Inactive;

    private bool IsLevel(int source) => ModeOf(source) is AplicSourceMode.HighLevel or AplicSourceMode.LowLevel;

    /// <summary>Whether a source reaches this domain: the root has all, the child what the root delegates.</summary>
    private bool IsPresent(int source) => _parent is null || (_parent._sourceConfiguration[source] & DelegateBit) != 0;

    private bool Rectified(int source) => ModeOf(source) switch
    {
        AplicSourceMode.RisingEdge or AplicSourceMode.HighLevel => _wires[source],
        AplicSourceMode.FallingEdge or AplicSourceMode.LowLevel => !_wires[source],
        _ => false,
    };

    private bool IsPending(int source) => _pending[source] && IsActive(source);

    private uint ReadRegister(in BusAccess access)
    {
        ulong offset = access.Offset;
        if (offset is >= 0x0004 and < 0x1000)
        {
            int source = (int)(offset / 4);
            return source <= _sources ? _sourceConfiguration[source] : 0;
        }

        if (offset is >= 0x3004 and < 0x4000)
        {
            int source = (int)((offset - 0x3000) / 4);
            return source <= _sources && IsActive(source) ? _target[source] : 0;
        }

        if (offset >= DeliveryOffset)
        {
            return ReadDelivery(offset - DeliveryOffset, access);
        }

        if (IsNumber(offset, 0x1C00, out int word))
        {
            return Gather(word, IsPending);
        }

        if (IsNumber(offset, 0x1D00, out word))
        {
            return Gather(word, Rectified);
        }

        if (IsNumber(offset, 0x1E00, out word))
        {
            return Gather(word, source => _enabled[source]);
        }

        return offset switch
        {
            0x0000 => 0x8000_0000 | _domain,
            0x1BC0 or 0x1BC4 or 0x1BC8 or 0x1BCC when _parent is null => _messageAddress[(offset - 0x1BC0) / 4],
            0x3000 => _generated,
            _ => 0,
        };
    }

    private uint Gather(int word, Func<int, bool> bit)
    {
        uint value = 0;
        for (int i = 0; i < 32; i++)
        {
            int source = (word * 32) + i;
            value |= source >= 1 && source <= _sources && bit(source) ? 1u << i : 0;
        }

        return value;
    }

    private static void ForEach(int word, uint bits, Action<uint> action)
    {
        for (int i = 0; i < 32; i++)
        {
            if ((bits & (1u << i)) != 0)
            {
                action((uint)((word * 32) + i));
            }
        }
    }

    private void WriteRegister(ulong offset, uint value, IInitiator by)
    {
        if (offset is >= 0x0004 and < 0x1000)
        {
            WriteSource((int)(offset / 4), value);
        }
        else if (offset is >= 0x3004 and < 0x4000)
        {
            WriteTarget((int)((offset - 0x3000) / 4), value);
        }
        else if (offset >= DeliveryOffset)
        {
            WriteDelivery(offset - DeliveryOffset, value);
        }
        else if (IsNumber(offset, 0x1C00, out int word))
        {
            ForEach(word, value, SetPending);
        }
        else if (IsNumber(offset, 0x1D00, out word))
        {
            ForEach(word, value, ClearPending);
        }
        else if (IsNumber(offset, 0x1E00, out word))
        {
            ForEach(word, value, source => SetEnabled(source, true));
        }
        else if (IsNumber(offset, 0x1F00, out word))
        {
            ForEach(word, value, source => SetEnabled(source, false));
        }
        else
        {
            WriteSingle(offset, value, by);
        }
    }

    private void WriteSingle(ulong offset, uint value, IInitiator by)
    {
        switch (offset)
        {
            case 0x0000:
                WriteDomain(value);
                break;
            case 0x1BC0 or 0x1BC4 or 0x1BC8 or 0x1BCC when _parent is null && _messages is not null && (_messageAddress[1] & AddressLock) == 0:
                int register = (int)((offset - 0x1BC0) / 4);
                _messageAddress[register] = value & (register switch
                {
                    1 => MachineAddressMask,
                    3 => SupervisorAddressMask,
                    _ => uint.MaxValue,
                });
                break;
            case 0x1CDC or 0x2000:
                SetPending(value);
                break;
            case 0x2004:
                SetPending(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(value));
                break;
            case 0x1DDC:
                ClearPending(value);
                break;
            case 0x1EDC:
                SetEnabled(value, true);
                break;
            case 0x1FDC:
                SetEnabled(value, false);
                break;
            case 0x3000 when IsMessaging:
                _generated = value & 0xFFFC_07FF;
                Send(value >> 18, 0, value & 0x7FF, by);
                break;
        }
    }

    private void WriteDomain(uint value)
    {
        bool wasMessaging = IsMessaging;
        _domain = (value & EnableBit) | (_messages is null ? 0 : value & MessageBit);
        if (IsMessaging == wasMessaging)
        {
            return;
        }

        // The other mode reads targets in another way and pending bits of levels follow other rules.
        for (int source = 1; source <= _sources; source++)
        {
            _target[source] = LegalTarget(_target[source]);
            if (IsActive(source) && IsLevel(source))
            {
                _pending[source] = Rectified(source);
            }
        }
    }

    private void WriteSource(int source, uint value)
    {
        if (source > _sources || !IsPresent(source))
        {
            return;
        }

        if ((value & DelegateBit) != 0)
        {
            // Only the root has a child, and only number 0.
            value = _parent is null && (value & 0x3FF) == 0 ? DelegateBit : 0;
        }
        else
        {
            value = (value & 7) is 2 or 3 ? 0 : value & 7;
        }

        bool wasActive = IsActive(source);
        _sourceConfiguration[source] = value;
        if (!IsActive(source))
        {
            _pending[source] = _enabled[source] = false;
            _target[source] = 0;
        }
        else
        {
            _target[source] = wasActive ? _target[source] : LegalTarget(0);
            _pending[source] = Rectified(source) || (_pending[source] && !IsLevel(source));
        }

        if (_parent is null && value != DelegateBit)
        {
            Child?.Withdraw(source);
        }
    }

    /// <summary>The parent does not delegate a source any more.</summary>
    private void Withdraw(int source)
    {
        _sourceConfiguration[source] = 0;
        _pending[source] = _enabled[source] = false;
        _target[source] = 0;
    }

    private void WriteTarget(int source, uint value)
    {
        if (source <= _sources && IsActive(source))
        {
            _target[source] = LegalTarget(value);
        }
    }

    private uint LegalTarget(uint value)
    {
        uint hart = value >> 18 < (uint)_output.Length ? value & 0xFFFC_0000 : 0;
        return IsMessaging
            ? hart | (value & (_parent is null ? 0x7FFu : 0x3_F7FFu))
            : hart | Math.Max(1, value & MostPriority);
    }

    private void SetPending(uint source)
    {
        if (source == 0 || source > (uint)_sources || !IsActive((int)source))
        {
            return;
        }

        // A level is pending by its wire: in direct mode only so, in MSI mode software may repeat it (section 4.7).
        if (!IsLevel((int)source) || (IsMessaging && Rectified((int)source)))
        {
            _pending[source] = true;
        }
    }

    private void ClearPending(uint source)
    {
        if (source != 0 && source <= (uint)_sources && (IsMessaging || !IsLevel((int)source)))
        {
            _pending[source] = false;
        }
    }

    private void SetEnabled(uint source, bool enabled)
    {
        if (source != 0 && source <= (uint)_sources && IsActive((int)source))
        {
            _enabled[source] = enabled;
        }
    }

    private uint ReadDelivery(ulong offset, in BusAccess access)
    {
        ulong hart = offset / DeliveryStride;
        if (hart >= (ulong)_output.Length || IsMessaging)
        {
            return 0;
        }

        switch (offset % DeliveryStride)
        {
            case 0x00:
                return _delivery[hart] ? 1u : 0;
            case 0x04:
                return _force[hart] ? 1u : 0;
            case 0x08:
                return _threshold[hart];
            case 0x18:
                return Top((int)hart);
            case 0x1C:
                uint top = Top((int)hart);
                if (!access.Attributes.IsDebug)
                {
                    Claim((int)hart, top);
                    Deliver(access.Initiator);
                }

                return top;
            default:
                return 0;
        }
    }

    private void Claim(int hart, uint top)
    {
        if (top == 0)
        {
            // A spurious one: what software has forced is answered with this (section 4.8.1.5).
            _force[hart] = false;
        }
        else
        {
            ClearPending(top >> 16);
        }
    }

    private void WriteDelivery(ulong offset, uint value)
    {
        ulong hart = offset / DeliveryStride;
        if (hart >= (ulong)_output.Length || IsMessaging)
        {
            return;
        }

        switch (offset % DeliveryStride)
        {
            case 0x00:
                _delivery[hart] = (value & 1) != 0;
                break;
            case 0x04:
                _force[hart] = (value & 1) != 0;
                break;
            case 0x08:
                _threshold[hart] = value & MostPriority;
                break;
        }
    }

    /// <summary>Identity in 25:16 and priority in 7:0 of what a hart should take next; 0 = nothing.</summary>
    private uint Top(int hart)
    {
        uint best = 0;
        uint bestPriority = _threshold[hart] == 0 ? MostPriority + 1u : _threshold[hart];
        for (int source = 1; source <= _sources; source++)
        {
            uint priority = _target[source] & MostPriority;
            if (_pending[source] && _enabled[source] && _target[source] >> 18 == (uint)hart && priority < bestPriority)
            {
                bestPriority = priority;
                best = ((uint)source << 16) | priority;
            }
        }

        return best;
    }

    private void Deliver(IInitiator by)
    {
        if (IsMessaging && (_domain & EnableBit) != 0)
        {
            SendPending(by);
        }

        for (int hart = 0; hart < _output.Length; hart++)
        {
            bool level = !IsMessaging && (_domain & EnableBit) != 0 && _delivery[hart] && (_force[hart] || Top(hart) != 0);
            if (level != _output[hart])
            {
                _output[hart] = level;
                _port.Set(hart, _line, level, by);
            }
        }
    }

    private void SendPending(IInitiator by)
    {
        for (int source = 1; source <= _sources; source++)
        {
            if (_pending[source] && _enabled[source])
            {
                _pending[source] = false;
                uint target = _target[source];
                Send(target >> 18, (target >> 12) & 0x3F, target & 0x7FF, by);
            }
        }
    }

    /// <summary>Stores a message into a hart's interrupt file: its page number is put together of the hart's number (section 4.9.1).</summary>
    private void Send(uint hart, uint guest, uint identity, IInitiator by)
    {
        uint[] address = (_parent ?? this)._messageAddress;
        uint shape = address[1];
        int highShift = (int)((shape >> 24) & 0x1F) + 12;
        int lowWidth = (int)((shape >> 12) & 0xF);
        ulong high = (hart >> lowWidth) & ((1u << (int)((shape >> 16) & 7)) - 1);
        ulong low = hart & ((1u << lowWidth) - 1);
        int first = _parent is null ? 0 : 2;
        ulong page = address[first] | ((ulong)(address[first + 1] & 0xFFF) << 32);
        int lowShift = (int)((address[first + 1] >> 20) & 7);
        page |= (high << highShift) | (low << lowShift) | (_parent is null ? 0 : guest);
        _messages?.Send(page << 12, identity, by);
    }
}
