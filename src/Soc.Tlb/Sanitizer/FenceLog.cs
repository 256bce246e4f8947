namespace Soc.Tlb;

/// <summary>The last fences of one initiator, oldest first; forgets old ones.</summary>
internal sealed class FenceLog
{
    private const int Capacity = 256;

    private readonly ulong[] _at = new ulong[Capacity];
    private int _count;

    /// <summary>Notes a fence.</summary>
    public void Add(ulong sequence) => _at[_count++ % Capacity] = sequence;

    /// <summary>The first kept fence after an event; <see cref="ulong.MaxValue"/> for none.</summary>
    public ulong FirstAfter(ulong sequence)
    {
        ulong first = ulong.MaxValue;
        for (int back = 1; back <= Math.Min(_count, Capacity); back++)
        {
            ulong at = _at[(_count - back) % Capacity];
            if (at <= sequence)
            {
                break;
            }

            first = at;
        }

        return first;
    }
}
