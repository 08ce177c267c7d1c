// What a tender asks of a bid, as it is published (core/bid_form.py).

export interface AskedItem {
  id: string;
  number: number;
  title: string;
  description: string;
  is_required: boolean;
  max_pages: number | null;
  rejects_over_limit: boolean;
  is_annex: boolean;
  kinds: string[];
}

export interface AskedRequirement {
  id: string;
  label: string;
  kind: "must" | "criterion" | "term";
  title: string;
  text: string;
  question: string;
  level: string;
  evidence: string;
}

export interface BidForm {
  format: string;
  tender: string;
  title: string;
  deadline_at: string;
  snapshot: { number: number; sha256: string };
  currency: string;
  price_unit: string;
  most_bytes: number; // of its files together
  fixed_price: string | null;
  names_people: boolean;
  items: AskedItem[];
  requirements: AskedRequirement[];
}

export const FORM_FORMAT = "rodatraden-bid-form-1";
